import { resolve } from 'node:path'
import type { Command } from 'commander'
import { ok } from '../../../contract/result.ts'
import type { AppState, CatalogueModel } from '../../../contract/state.ts'
import { awayError, sharedPools } from '../../no-offer.ts'
import { offeredByOthers, type OtherOffer } from '../../offers.ts'
import { table } from '../../output.ts'
import { readableBytes } from '../../option-values.ts'
import type { Perform } from '../../perform.ts'
import { runWithSession, type Running } from '../../run-command.ts'
import { addSlotsCommand } from './engine-slots.ts'
import { download } from './model-download.ts'

/** `kith models …` */
export function addModelsCommands(program: Command, perform: Perform): void {
  const models = program.command('models').description('the models of this computer')
  models
    .command('list')
    .description('models on this computer, those offered in your pools, and those Kith can download')
    .action((_options: unknown, command: Command) =>
      perform(command, (context) => runWithSession(context, 'offered', (running) => Promise.resolve(list(running)))),
    )
  models
    .command('download <id>')
    .description('get a model of the catalogue; started again, it goes on where it stopped')
    .action((id: string, _options: unknown, command: Command) =>
      perform(command, (context) => runWithSession(context, 'offered', (running) => download(running, id))),
    )
  models
    .command('import <file>')
    .description('add a GGUF file of your own')
    .action((file: string, _options: unknown, command: Command) =>
      perform(command, (context) =>
        runWithSession(context, 'offered', async ({ client, output }) => {
          const imported = await client.call('model.import', { path: resolve(file) })
          if (!imported.ok) return imported
          const { name } = imported.value
          output.result({ type: 'model-imported', name }, `The model "${name}" is ready.`)
          return ok()
        }),
      ),
    )
  addSlotsCommand(models, perform)
  models
    .command('remove <name>')
    .description('delete a model that Kith keeps')
    .action((name: string, _options: unknown, command: Command) =>
      perform(command, (context) =>
        runWithSession(context, 'offered', async ({ client, output }) => {
          const removed = await client.call('model.remove', { name })
          if (!removed.ok) return removed
          output.result({ type: 'model-removed', name }, `The model "${name}" is removed.`)
          return ok()
        }),
      ),
    )
}

function list({ view, output }: Running) {
  const { local, catalogue } = view.state.models
  const others = offeredByOthers(view.state)
  for (const model of local) output.event({ type: 'model', ...model })
  for (const { machine, model } of others) {
    const { deviceId, ownerName, name: machineName } = machine
    output.event({ type: 'offered-model', ...model, deviceId, ownerName, machineName })
  }
  for (const model of catalogue) output.event({ type: 'catalogue-model', ...model })
  if (output.isJson) return ok()
  const here = local.map((model) => [`  ${model.name}`, model.engine, readableBytes(model.sizeBytes)])
  const offered = catalogue.map((model) => [
    `  ${model.catalogueId}`,
    readableBytes(model.sizeBytes),
    model.licence,
    describeDownload(model),
  ])
  output.result({ type: 'models' }, [
    'On this computer',
    ...(here.length > 0 ? table(here) : ['  none yet']),
    'In your pools',
    ...(others.length > 0 ? table(others.map(rowOfOffer)) : nobodyOffers(view.state)),
    'To download',
    ...table(offered),
  ])
  return ok()
}

function rowOfOffer({ machine, model }: OtherOffer): string[] {
  return [`  ${model.name}`, model.engine, readableBytes(model.sizeBytes), `${machine.ownerName} (${machine.name})`]
}

/** Nobody online, nobody who shares and no pool are different things. */
function nobodyOffers(state: AppState): string[] {
  const pools = sharedPools(state)
  if (pools.length === 0) return ['  you are in no pool with others']
  return pools.map(
    (pool) => `  ${awayError(state, pool)?.message ?? `Nobody shares a model in the pool "${pool.name}".`}`,
  )
}

function describeDownload(model: CatalogueModel): string {
  switch (model.download.state) {
    case 'none':
      return model.misfit ? model.misfit.message : model.description
    case 'ready':
      return 'on this computer'
    case 'failed':
      return model.download.error.message
    case 'verifying':
      return 'being checked'
    case 'downloading':
    case 'paused':
      return `${model.download.state}, ${readableBytes(model.download.receivedBytes)} so far`
  }
}
