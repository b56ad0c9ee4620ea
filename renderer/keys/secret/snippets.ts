/** What a program needs to ask. */
export interface SnippetTarget {
  /** Base address, ending in `/v1`. */
  readonly url: string
  readonly plainKey: string
  readonly model: string
}

const question = 'Say hello in one sentence.'

/** A text in single quotes, as a Unix shell reads it. */
function forShell(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}

/** A text in double quotes, as the Windows command line hands it on. */
function forWindows(text: string): string {
  return `"${text.replaceAll('"', '\\"')}"`
}

function body({ model }: SnippetTarget): string {
  return JSON.stringify({ model, messages: [{ role: 'user', content: question }] })
}

/** One request from a terminal, written for the kind of computer this is. */
export function curlSnippet(target: SnippetTarget, isWindows: boolean): string {
  const quote = isWindows ? forWindows : forShell
  // One line on Windows, whose command lines do not agree on how to go on in the next.
  const goOn = isWindows ? ' ' : ' \\\n  '
  return [
    `${isWindows ? 'curl.exe' : 'curl'} ${target.url}/chat/completions`,
    `-H ${quote(`Authorization: Bearer ${target.plainKey}`)}`,
    `-H ${quote('Content-Type: application/json')}`,
    `-d ${quote(body(target))}`,
  ].join(goOn)
}

/** The same with the official client for JavaScript. */
export function javaScriptSnippet({ url, plainKey, model }: SnippetTarget): string {
  return `// npm install openai
import OpenAI from 'openai'

const client = new OpenAI({
  baseURL: ${JSON.stringify(url)},
  apiKey: ${JSON.stringify(plainKey)},
})

const answer = await client.chat.completions.create({
  model: ${JSON.stringify(model)},
  messages: [{ role: 'user', content: ${JSON.stringify(question)} }],
})
console.log(answer.choices[0].message.content)`
}

/** The same with the official client for Python, whose strings are written as JSON writes them. */
export function pythonSnippet({ url, plainKey, model }: SnippetTarget): string {
  return `# pip install openai
from openai import OpenAI

client = OpenAI(
    base_url=${JSON.stringify(url)},
    api_key=${JSON.stringify(plainKey)},
)

answer = client.chat.completions.create(
    model=${JSON.stringify(model)},
    messages=[{"role": "user", "content": ${JSON.stringify(question)}}],
)
print(answer.choices[0].message.content)`
}
