import type { FastifyInstance } from 'fastify'
import type { HttpModelList } from './schemas.ts'
import { callerOf, needsCaller } from './auth.ts'
import type { LocalApiOptions } from './local-api-options.ts'

/** `GET /v1/models`: what the key may ask and somebody offers now. */
export function addModelsRoute(app: FastifyInstance, options: LocalApiOptions, closing: AbortSignal): void {
  const created = Math.floor(Date.now() / 1_000)
  app.get('/v1/models', { onRequest: needsCaller(options, closing, 'inference') }, (request): HttpModelList => {
    const caller = callerOf(request)
    const isAllowed = (name: string): boolean => caller.allowedModels?.includes(name) ?? true
    const models = options.models(caller).filter(({ name }) => isAllowed(name))
    return {
      object: 'list',
      data: models.map(({ name }) => ({ id: name, object: 'model', created, owned_by: 'kith' })),
    }
  })
}
