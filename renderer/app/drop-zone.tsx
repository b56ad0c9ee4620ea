import { FileDown } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { pathForFile } from '../bridge/kith.ts'
import { importModel } from '../models/import-model.ts'
import { inviteInFile, isInviteFile } from '../pool/invites/invite-file.ts'
import { notify } from '../state/notices.ts'
import { holdInvite } from '../state/pending-invite.ts'

function carriesFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes('Files') ?? false
}

/** Adds a model file that is dropped anywhere on the window, and opens an invite that was saved as a page. */
export function DropZone() {
  const { t } = useTranslation()
  const [isOver, setOver] = useState(false)

  useEffect(() => {
    function onDragOver(event: DragEvent): void {
      // Without this the page would be left for the dropped file.
      event.preventDefault()
      if (carriesFiles(event)) setOver(true)
    }
    function onDragLeave(event: DragEvent): void {
      if (event.relatedTarget === null) setOver(false)
    }
    function onDrop(event: DragEvent): void {
      event.preventDefault()
      setOver(false)
      if (!carriesFiles(event)) return
      const files = [...(event.dataTransfer?.files ?? [])]
      const models = files.filter((file) => file.name.toLowerCase().endsWith('.gguf'))
      const page = files.find(isInviteFile)
      if (models.length + (page ? 1 : 0) < files.length) notify(t('app.dropWrong'), 'problem')
      for (const model of models) void importModel(pathForFile(model))
      if (page) void openInvite(page)
    }
    async function openInvite(page: File): Promise<void> {
      const link = await inviteInFile(page)
      if (link === null) notify(t('pool.joinFileNone'), 'problem')
      else holdInvite(link)
    }
    window.addEventListener('dragover', onDragOver)
    window.addEventListener('dragleave', onDragLeave)
    window.addEventListener('drop', onDrop)
    return () => {
      window.removeEventListener('dragover', onDragOver)
      window.removeEventListener('dragleave', onDragLeave)
      window.removeEventListener('drop', onDrop)
    }
  }, [t])

  if (!isOver) return null
  return (
    <div className="fade pointer-events-none fixed inset-0 z-60 flex items-center justify-center bg-veil p-6">
      <div className="flex flex-col items-center gap-3 rounded-panel border-2 border-dashed border-accent bg-surface px-14 py-12 text-center shadow-float">
        <FileDown aria-hidden size={36} className="text-accent" />
        <p className="text-title font-semibold">{t('app.dropHere')}</p>
        <p className="text-small text-ink-soft">{t('app.dropHint')}</p>
      </div>
    </div>
  )
}
