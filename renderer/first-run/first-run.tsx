import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../components/button.tsx'
import { showChat } from '../state/navigation.ts'
import { usePendingInvite } from '../state/pending-invite.ts'
import { updateSettings } from '../state/settings.ts'
import type { ChatId } from '../../node/contract/ids.ts'
import { FirstRunFrame } from './first-run-frame.tsx'
import { ModelStep } from './model-step.tsx'
import { PoolStep } from './pool-step.tsx'
import { QuestionStep } from './question-step.tsx'
import type { FirstRunStep } from './steps-progress.tsx'

/** From a new account to a first answer, in three steps that can all be skipped. */
export function FirstRun() {
  const { t } = useTranslation()
  const [step, setStep] = useState<FirstRunStep>('pool')
  const { link } = usePendingInvite()

  async function finish(chatId: ChatId | null): Promise<void> {
    showChat(chatId)
    await updateSettings({ isFirstRunDone: true })
  }

  return (
    <FirstRunFrame
      step={step}
      action={
        <Button variant="quiet" size="small" onClick={() => void finish(null)}>
          {t('firstRun.skip')}
        </Button>
      }
    >
      <div key={step} className="rise flex flex-1 flex-col gap-7">
        {step === 'pool' && (
          <PoolStep
            link={link}
            onNext={() => {
              setStep('model')
            }}
          />
        )}
        {step === 'model' && (
          <ModelStep
            onBack={() => {
              setStep('pool')
            }}
            onNext={() => {
              setStep('question')
            }}
          />
        )}
        {step === 'question' && (
          <QuestionStep
            onBack={() => {
              setStep('model')
            }}
            onFinish={(chatId) => void finish(chatId)}
          />
        )}
      </div>
    </FirstRunFrame>
  )
}
