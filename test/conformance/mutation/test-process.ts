import { spawn } from 'node:child_process'

export interface TestOutcome {
  passed: boolean
  timedOut: boolean
  durationMs: number
}

/**
 * Runs one compiled test file in a process of its own, until its first failure. One that takes longer than `timeoutMs` is
 * killed with everything that it started, and has not passed.
 */
export function runTestFile(path: string, env: NodeJS.ProcessEnv, timeoutMs: number): Promise<TestOutcome> {
  // What a test runner around this one told its own test files is not meant for these.
  const inherited = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('TAP_') && name !== 'CONFORMANCE_CLAIMS' && name !== 'NODE_V8_COVERAGE'
  )
  const startMs = performance.now()
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [path], {
      env: { ...Object.fromEntries(inherited), TAP_BAIL: '1', ...env },
      stdio: 'ignore',
      // A group of its own, so that what the test has started can be killed with it.
      detached: true
    })
    let timedOut = false
    const killGroup = (): void => {
      try {
        process.kill(-child.pid!, 'SIGKILL')
      } catch {
        // Nobody is left in the group.
      }
    }
    const timer = setTimeout(() => {
      timedOut = true
      killGroup()
    }, timeoutMs)
    child.on('error', reject)
    child.on('exit', code => {
      clearTimeout(timer)
      killGroup()
      resolve({ passed: code === 0 && !timedOut, timedOut, durationMs: performance.now() - startMs })
    })
  })
}
