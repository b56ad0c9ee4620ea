// What the page tests run in Electron: nothing but windows, which the tests open and close themselves.
import { app } from 'electron'

// Between two tests none is open.
app.on('window-all-closed', () => undefined)
