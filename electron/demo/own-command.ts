import { app } from 'electron'

/** Switches of Chromium that the second window needs because the first needed them. */
const inheritedSwitches = ['no-sandbox', 'ozone-platform', 'ozone-platform-hint', 'disable-gpu']

/** How this program was started: a packaged app by itself, a checkout by the runtime with its folder. */
export function ownCommand(): readonly [string, ...string[]] {
  const switches = inheritedSwitches
    .filter((name) => app.commandLine.hasSwitch(name))
    .map((name) => [`--${name}`, app.commandLine.getSwitchValue(name)].filter(Boolean).join('='))
  return [process.execPath, ...(app.isPackaged ? [] : [app.getAppPath()]), ...switches]
}
