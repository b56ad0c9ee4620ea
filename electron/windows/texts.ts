import { drainDeadlineMs } from '../../node/peer/peer-options.ts'

/** The words of menus, tray and system dialogues. The page's own are in renderer/locales. */
export const texts = {
  appName: 'Kith',
  file: 'File',
  edit: 'Edit',
  view: 'View',
  window: 'Window',
  tryItAlone: 'Try it alone…',
  quit: 'Quit Kith',
  quitNow: 'Quit now',
  open: 'Open Kith',
  share: 'Share this computer’s models',
  traySharing: 'Kith – sharing',
  trayNotSharing: 'Kith – not sharing',
  stillSharing: 'Kith keeps sharing in the background. Use the icon in the tray to pause or quit.',
  finishing: (answers: number): string =>
    `Finishing ${answers === 1 ? 'an answer' : `${answers} answers`} for others, up to ${drainDeadlineMs / 1_000} s. Quit again to stop now.`,
  demoFirst: 'first window',
  demoSecond: 'a friend’s window',
  pickModel: 'Choose a model file',
  modelFiles: 'GGUF models',
  windowKeepsCrashing: 'The window of Kith keeps stopping.',
  windowKeepsCrashingDetail: 'Answers and sharing go on without it. You can open it again or quit.',
  openAgain: 'Open again',
} as const
