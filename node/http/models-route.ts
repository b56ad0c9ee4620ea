import { refusalOfModel } from '../access/keys.ts'
import type { HttpModelList } from './schemas.ts'
import { callerOf, needsCaller } from './auth.ts'
import type { LocalApiOptions } from './local-api-options.ts'
import type { TypedServer } from './typed-server.ts'

/** `GET /v1/models`: the models that the key allows and somebody offers now. */
export function addModelsRoute(app: TypedServer, options: LocalApiOptions, closing: AbortSignal): void {
  const created = Math.floor(Date.now() / 1_000)
  app.get('/v1/models', { onRequest: needsCaller(options, closing, 'inference') }, (request): HttpModelList => {
    const caller = callerOf(request)
    const models = options.models(caller).filter(({ name }) => !refusalOfModel(caller.allowedModels, name))
    return {
      object: 'list',
      data: models.map(({ name }) => ({ id: name, object: 'model', created, owned_by: 'kith' })),
    }
  })
}
