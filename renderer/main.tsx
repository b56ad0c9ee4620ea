import './bridge/no-eval.ts'
import './styles/main.css'
import { createRoot } from 'react-dom/client'
import { App } from './app/app.tsx'
import { Disconnected } from './app/disconnected.tsx'
import { ErrorBoundary } from './app/error-boundary.tsx'
import { receiveAnswers } from './bridge/answers.ts'
import { connect } from './bridge/kith.ts'
import { startTexts } from './locales/i18n.ts'

startTexts()
const container = document.getElementById('root')
if (container === null) throw new Error('The page has no root element.')
const root = createRoot(container)
const bridge = window.kith

if (bridge === undefined) {
  root.render(<Disconnected />)
} else {
  const client = connect(bridge)
  // Listening before anything is drawn: the port is handed over only once.
  const release = receiveAnswers((answers) => {
    client.deliverAnswers(answers)
  })
  window.addEventListener('pagehide', release, { once: true })
  root.render(
    <ErrorBoundary>
      <App />
    </ErrorBoundary>,
  )
}
