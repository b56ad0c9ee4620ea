import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'
import english from './en.json'

/** Languages the window can be shown in; a new one is a new file beside en.json and a line here. */
const resources = { en: { translation: english } } as const

/** Prepares the texts; synchronous, since they are part of the bundle. */
export function startTexts(): void {
  void i18next.use(initReactI18next).init({
    resources,
    lng: 'en',
    fallbackLng: 'en',
    initAsync: false,
    interpolation: { escapeValue: false },
    returnNull: false,
  })
}

export const text = i18next
