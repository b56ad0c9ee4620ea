/**
 * Sentences for failures of a computer that is not the reader's own.
 *
 * The sentence of the catalogue speaks to whoever sits at the computer that failed. Another reader cannot start an
 * engine there, nor free memory: what helps is to ask again, later or elsewhere. Which reader it is shows in the
 * details: `member` names the person whose computer failed, `asker` the one who was being answered here.
 */

/** It is another member's: whose it is, and what the reader can do. */
export const sentencesForOthers = {
  machine_unreachable:
    "{member}'s computer ({machine}) could not be reached. Ask again when it is on, or choose another model.",
  machine_lost: "The connection to {member}'s computer ({machine}) was lost before the answer was complete. Ask again.",
  too_many_calls: "{member}'s computer ({machine}) has not read enough of the replies to its requests. Ask again soon.",
  too_many_connections: "{member}'s computer ({machine}) has too many connections. Ask again in a minute.",
  protocol_error:
    "{member}'s computer ({machine}) sent something Kith could not read. Update Kith on both and ask again.",
  version_mismatch:
    "{member}'s computer ({machine}) runs a version of Kith that this one cannot talk to. Update Kith on both.",
  unknown_call: "{member}'s computer ({machine}) runs a version of Kith that cannot do this. Choose another model.",
  not_admitted: "{member}'s computer ({machine}) has not let you in yet. Ask again in a minute.",
  directory_stale:
    "{member}'s computer ({machine}) has not heard from the pool for {days} days, so it refuses requests of others. It has to meet the computer that runs the pool once.",
  sharing_off:
    "Sharing is switched off on {member}'s computer ({machine}). Ask {member} to switch it on, or choose another model.",
  queue_full: "{member}'s computer ({machine}) has too many questions waiting. Ask again in a minute.",
  accept_timeout: "{member}'s computer ({machine}) did not take the question within {seconds} seconds. Ask again.",
  first_token_timeout:
    "{member}'s computer ({machine}) did not begin to answer within {seconds} seconds. Ask again, or choose a smaller model.",
  load_timeout:
    "{member}'s computer ({machine}) did not load the model within {seconds} seconds. Ask again, or choose a smaller model.",
  token_timeout: "{member}'s computer ({machine}) stopped in the middle of its answer. Ask again.",
  shutting_down: '{member} is closing Kith on {machine}. Ask again later or choose another model.',
  engine_unavailable: "{engine} is not running on {member}'s computer. Ask again later or choose another model.",
  engine_failed: "{engine} on {member}'s computer reported a problem: {reason}. Ask again or choose another model.",
  engine_crashed:
    "The model engine on {member}'s computer stopped unexpectedly and was started again. Ask again or choose another model.",
  engine_stopped: "{engine} on {member}'s computer stopped. Ask again or choose another model.",
  model_unknown: 'The model "{model}" is no longer on {member}\'s computer. Choose another model.',
  model_does_not_fit:
    'The model "{model}" needs {needed} of memory, and {free} is free on {member}\'s computer. Ask again later or choose a smaller model.',
  model_corrupt: "The file of this model on {member}'s computer cannot be used: {reason}. Choose another model.",
  internal:
    "Something went wrong inside Kith on {member}'s computer. Ask again; if it happens again, give {member} the number {reference}.",
} as const

/** It is another computer of the reader's own account: the catalogue's sentence would mean the one in front of them. */
export const sentencesForOwner = {
  engine_failed: '{engine} on "{machine}" reported a problem: {reason}.',
  engine_crashed: 'The model engine on "{machine}" stopped unexpectedly and was started again. Ask again.',
  engine_stopped: '{engine} on "{machine}" stopped in the middle of the answer. Start it there and ask again.',
  model_unknown: 'The model "{model}" is not on "{machine}".',
  model_does_not_fit:
    'The model "{model}" needs {needed} of memory and {free} is free on "{machine}". Close other programs there or choose a smaller model.',
  model_corrupt: 'The file "{file}" on "{machine}" is not a model Kith can use: {reason}. Download it again there.',
} as const

/** It is the reader's own, and was answering somebody else. */
export const sentencesForServer = {
  engine_unavailable: '{engine} is not running, and {asker} has just asked for it. Start it, or switch sharing off.',
  engine_failed: '{engine} reported a problem while it answered {asker}: {reason}.',
  engine_crashed: 'The model engine stopped unexpectedly while it answered {asker}, and was started again.',
  engine_stopped: '{engine} stopped while it answered {asker}. Start it again, so that others can go on asking.',
  model_does_not_fit:
    '{asker} asked for the model "{model}", which needs {needed} of memory; {free} is free. Close other programs, or stop sharing it.',
  model_corrupt: '{asker} asked for a model whose file "{file}" Kith cannot use: {reason}. Download it again.',
} as const
