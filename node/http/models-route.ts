import { refusalOfModel } from '../access/keys.ts'
import { findNamed } from '../base/model-name.ts'
import { kithError } from '../contract/errors.ts'
import { callerOf, needsCaller } from './auth.ts'
import { HttpRefusal } from './errors.ts'
import type { LocalApiOptions, OfferedModel, Principal } from './local-api-options.ts'
import { modelParamsSchema, type HttpModel, type HttpModelList } from './schemas.ts'
import type { TypedServer } from './typed-server.ts'

/** `GET /v1/models`, and one of them by its name: the models that the key allows and somebody offers now. */
export function addModelsRoutes(app: TypedServer, options: LocalApiOptions, closing: AbortSignal): void {
  const created = Math.floor(Date.now() / 1_000)
  const onRequest = needsCaller(options, closing, 'inference')
  const bodyOf = ({ name }: OfferedModel): HttpModel => ({ id: name, object: 'model', created, owned_by: 'kith' })
  app.get('/v1/models', { onRequest }, (request): HttpModelList => ({
    object: 'list',
    data: allowedModels(callerOf(request), options).map(bodyOf),
  }))
  // Names hold slashes, which some clients escape and others do not.
  app.get('/v1/models/*', { onRequest, schema: { params: modelParamsSchema } }, (request): HttpModel => {
    const caller = callerOf(request)
    const name = request.params['*']
    const model = findNamed(allowedModels(caller, options), name)
    if (model) return bodyOf(model)
    // Of models that the key does not allow it says no more than of those that do not exist.
    const isAway = !refusalOfModel(caller.allowedModels, { name, engine: null }) && options.isKnown(caller, name)
    throw new HttpRefusal(kithError(isAway ? 'no_model' : 'model_not_found', { model: name }), 'model')
  })
}

function allowedModels(caller: Principal, options: LocalApiOptions): OfferedModel[] {
  return options.models(caller).filter((model) => !refusalOfModel(caller.allowedModels, model))
}
