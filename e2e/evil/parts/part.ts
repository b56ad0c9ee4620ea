// The process of one install, honest or hostile.
import { runPart } from './run-part.ts'

runPart()
