import { z } from 'zod'

// The content policy forbids building functions from text; without this zod tries once and the console complains.
z.config({ jitless: true })
