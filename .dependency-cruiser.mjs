import { options, rules } from './resources/scripts/laws/rules.mjs'

/** @type {import('dependency-cruiser').IConfiguration} */
export default { forbidden: rules, options }
