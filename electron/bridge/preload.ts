import { contextBridge, ipcRenderer, webUtils } from 'electron'
import type { Bridge } from '../../node/contract/api.ts'
import { channels } from './channels.ts'

const bridge: Bridge = {
  invoke: (name, input) => ipcRenderer.invoke(channels.call, name, input),
  onEvent: (listener) => {
    const receive = (_event: unknown, name: string, payload: unknown): void => listener(name, payload)
    ipcRenderer.on(channels.event, receive)
    ipcRenderer.send(channels.subscribe)
    return () => ipcRenderer.off(channels.event, receive)
  },
  pathForFile: (file) => webUtils.getPathForFile(file),
}

// A port cannot cross the bridge; it reaches the page by a message within this window and origin.
ipcRenderer.on(channels.answers, (event) => {
  window.postMessage(channels.answers, window.location.origin, [...event.ports])
})
contextBridge.exposeInMainWorld('kith', bridge)
