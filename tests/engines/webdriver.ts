/** As much of W3C WebDriver as the tests need, over HTTP. */

/** A step of what a device does; places are counted from the corner of the page in view. */
export type Action =
  | { type: "keyDown" | "keyUp"; value: string }
  | { type: "pointerMove"; x: number; y: number }
  | { type: "pointerDown" | "pointerUp"; button: number };

export class WebDriverSession {
  readonly #address: string;

  private constructor(address: string) {
    this.#address = address;
  }

  static async start(
    driver: string,
    capabilities: Record<string, unknown>,
  ): Promise<WebDriverSession> {
    const { sessionId } = await call<{ sessionId: string }>("POST", `${driver}/session`, {
      capabilities: { alwaysMatch: capabilities },
    });
    return new WebDriverSession(`${driver}/session/${sessionId}`);
  }

  /** Goes to a page; done when that has loaded. */
  navigate(url: string): Promise<void> {
    return call("POST", `${this.#address}/url`, { url });
  }

  /** Runs a function in the page, and waits for what it promises. */
  evaluate<A extends unknown[], R>(run: (...args: A) => R, ...args: A): Promise<Awaited<R>> {
    const script = `return (${run}).apply(null, arguments)`;
    return call("POST", `${this.#address}/execute/sync`, { script, args });
  }

  setWindowSize(width: number, height: number): Promise<void> {
    return call("POST", `${this.#address}/window/rect`, { width, height });
  }

  /** The steps of one device. */
  perform(type: "key" | "pointer", actions: Action[]): Promise<void> {
    return call("POST", `${this.#address}/actions`, { actions: [{ type, id: type, actions }] });
  }

  /** A PNG of what is in view, in base64. */
  screenshot(): Promise<string> {
    return call("GET", `${this.#address}/screenshot`);
  }

  /** Ends the session, and the browser with it. */
  end(): Promise<void> {
    return call("DELETE", this.#address);
  }
}

/** Whether a driver takes sessions yet. */
export async function isReady(driver: string): Promise<boolean> {
  try {
    return (await call<{ ready: boolean }>("GET", `${driver}/status`)).ready;
  } catch {
    return false;
  }
}

/** Longer than the longest that a page may take to load. */
const ANSWER_TIMEOUT_MS = 90_000;

async function call<T>(method: string, url: string, body?: unknown): Promise<T> {
  const response = await fetch(url, {
    method,
    signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const { value } = (await response.json()) as { value: T & { error?: string; message?: string } };
  if (!response.ok) throw new Error(`WebDriver: ${value?.error}: ${value?.message}`);
  return value;
}
