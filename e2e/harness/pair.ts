import type { Install, InstallOptions } from './install.ts'

type Launch = (username: string, options?: Partial<InstallOptions>) => Promise<Install>

export interface Pair {
  readonly a: Install
  readonly b: Install
}

export interface Offer {
  /** The model's name, as B chooses it. */
  readonly model: string
  /** What A is launched with. */
  readonly options?: Partial<InstallOptions>
  /** What brings the model to A. */
  readonly bring?: (a: Install) => Promise<void>
}

/** Two signed-up installs in the pool "Friends"; A shares a model, B has chosen pool and model in its chat. */
export async function pairWith(launch: Launch, { model, options, bring }: Offer): Promise<Pair> {
  const a = await launch('ada', options)
  const b = await launch('bob')
  await a.signUp()
  await a.skipFirstRun()
  await b.signUp()
  await b.skipFirstRun()
  await bring?.(a)
  const link = await a.startPool('Friends')
  await b.joinPool(link)
  await a.share(true)
  await b.open('Chat')
  await b.choosePool('Friends')
  await b.chooseModel(model)
  return { a, b }
}

/** Such a pair with a tiny model of ours. */
export function joinedPair(launch: Launch, modelPath: string): Promise<Pair> {
  return pairWith(launch, { model: 'Kith tiny', bring: (a) => a.importModel(modelPath) })
}
