import { describe, expect, it, vi } from "vitest";
import { CommError } from "../../src/comm/errors.js";
import { InputSender } from "../../src/shiny/input-sender.js";
import type { ShinyRuntime } from "../../src/shiny/runtime.js";
import { ShinySession } from "../../src/shiny/session.js";
import { fakeShiny, settled, useFakePage } from "./fake-page.js";

const INPUT = "shinywidgets_comm_send:shiny.password";
const page = useFakePage();

function setUp() {
  const fake = fakeShiny();
  const state: { shiny: ShinyRuntime | undefined } = { shiny: fake.shiny };
  const onError = vi.fn<(error: Error) => void>();
  const runtime = () => state.shiny;
  const session = new ShinySession({ runtime });
  const sender = new InputSender({ runtime, session, onError });
  return { ...fake, state, onError, session, sender };
}

type All = ReturnType<typeof setUp>;

describe("InputSender", () => {
  it("an InputSender sets the input that the server listens to, as an event", async () => {
    const { sender, setInputValue } = setUp();
    expect(sender.send("c1", "text")).toBe(true);
    await settled();
    expect(setInputValue).toHaveBeenCalledExactlyOnceWith(INPUT, "text", { priority: "event" });
  });

  it("an InputSender never sends synchronously", () => {
    const { sender, setInputValue } = setUp();
    sender.send("c1", "text");
    expect(setInputValue).not.toHaveBeenCalled();
  });

  it("an InputSender sends several texts of one task one by one, in order", async () => {
    const { sender, texts } = setUp();
    for (const text of ["1", "2", "3"]) sender.send("c1", text);
    await settled();
    expect(texts()).toEqual(["1", "2", "3"]);
  });

  it("an InputSender sends texts that are added during a send after the others, one by one", async () => {
    const { sender, setInputValue, texts } = setUp();
    let depth = 0;
    setInputValue.mockImplementation((_name, value) => {
      depth += 1;
      expect(depth).toBe(1);
      if (value === "outer") for (const text of ["inner", "another"]) sender.send("c1", text);
      depth -= 1;
    });
    sender.send("c1", "outer");
    sender.send("c1", "last");
    await settled();
    expect(texts()).toEqual(["outer", "last", "inner", "another"]);
  });

  it("an InputSender removes only its input from the values that Shiny sends to a new session", async () => {
    const { sender, $inputValues } = setUp();
    $inputValues.another = 1;
    sender.send("c1", "text");
    await settled();
    expect($inputValues).toEqual({ another: 1 });
  });

  it("an InputSender bypasses a submit button, also after the button was removed", async () => {
    const { sender, setInputValue, sendInput, $inputValues } = setUp();
    page().submitButton = true;
    sender.send("c1", "one");
    await settled();
    page().submitButton = false;
    sender.send("c1", "two");
    await settled();
    expect(sendInput.mock.calls).toEqual([[{ [INPUT]: "one" }], [{ [INPUT]: "two" }]]);
    expect(setInputValue).not.toHaveBeenCalled();
    expect($inputValues).toEqual({});
  });

  it("an InputSender reads setInputValue at each send, so that wrappers apply", async () => {
    const { sender, shiny, setInputValue, texts } = setUp();
    const wrapped = vi.fn(setInputValue);
    shiny.setInputValue = wrapped;
    sender.send("c1", "text");
    await settled();
    expect(wrapped).toHaveBeenCalledOnce();
    expect(texts()).toEqual(["text"]);
  });

  it("an InputSender sends without a throwing wrapper, and reports its error", async () => {
    const { sender, shiny, setInputValue, sendInput, onError, texts } = setUp();
    shiny.setInputValue = () => {
      throw new TypeError("wrapped badly");
    };
    sender.send("c1", "one");
    await settled();
    expect(sendInput).toHaveBeenCalledExactlyOnceWith({ [INPUT]: "one" });
    expect(onError).toHaveBeenCalledOnce();
    expect(onError.mock.calls[0]?.[0]).toBeInstanceOf(CommError);
    expect(onError.mock.calls[0]?.[0].message).toMatch(/c1.*wrapped badly/);
    shiny.setInputValue = setInputValue;
    sender.send("c1", "two");
    await settled();
    expect(texts()).toEqual(["two"]);
  });

  it("an InputSender sends a text once when a listener throws after the send", async () => {
    const { sender, setInputValue, sendInput, onError, $inputValues } = setUp();
    setInputValue.mockImplementation((name, value) => {
      $inputValues[name] = value;
      throw new Error("after the send");
    });
    sender.send("c1", "one");
    await settled();
    expect(sendInput).not.toHaveBeenCalled();
    expect(onError).toHaveBeenCalledOnce();
  });
});

describe("an InputSender before the first session", () => {
  const connectingStates: [string, (all: All) => void][] = [
    ["Shiny is not initialised", ({ shiny }) => void Object.assign(shiny, { shinyapp: undefined })],
    ["the socket is being opened", ({ socket }) => void Object.assign(socket, { readyState: 0 })],
    [
      "the socket could not be opened",
      ({ shinyapp }) => void Object.assign(shinyapp, { $socket: null }),
    ],
  ];

  it.each(connectingStates)(
    "an InputSender without a session keeps texts for the session when %s",
    async (_when, go) => {
      const all = setUp();
      const { session, sender, shiny, shinyapp, onError, texts } = all;
      go(all);
      session.start();
      expect(sender.send("c1", "one")).toBe(true);
      expect(sender.send("c1", "two")).toBe(true);
      await settled();
      expect(texts()).toEqual([]);
      Object.assign(shiny, { shinyapp });
      shinyapp.$socket = { readyState: 1 };
      page().trigger("shiny:connected");
      await settled();
      expect(texts()).toEqual(["one", "two"]);
      expect(onError).not.toHaveBeenCalled();
    },
  );

  it("an InputSender without a session shows the number of pending texts", async () => {
    const { session, sender, shinyapp, socket } = setUp();
    socket.readyState = 0;
    session.start();
    sender.send("c1", "text");
    expect([sender.pending, session.state]).toEqual([1, "connecting"]);
    socket.readyState = 1;
    page().trigger("shiny:connected");
    await settled();
    expect([sender.pending, session.state]).toEqual([0, "open"]);
    shinyapp.$socket = null;
    expect(session.state).toBe("closed");
  });

  it("an InputSender sends after the task of shiny:connected, in which Shiny sends init", async () => {
    const { session, sender, socket, texts } = setUp();
    socket.readyState = 0;
    session.start();
    sender.send("c1", "text");
    await settled();
    socket.readyState = 1;
    page().trigger("shiny:connected");
    expect(texts()).toEqual([]);
    await settled();
    expect(texts()).toEqual(["text"]);
  });

  it("an InputSender without a session keeps at most 1,000 texts, and reports the overflow once", () => {
    const { sender, socket, onError } = setUp();
    socket.readyState = 0;
    for (let n = 0; n < 1_000; n += 1) expect(sender.send("c1", String(n))).toBe(true);
    expect(sender.send("c1", "too many")).toBe(false);
    expect(sender.send("c1", "too many")).toBe(false);
    expect(onError).toHaveBeenCalledOnce();
  });
});

describe("an InputSender after the session", () => {
  const closedStates: [string, (all: All) => void][] = [
    ["Shiny is missing", ({ state }) => void Object.assign(state, { shiny: undefined })],
    ["the socket is gone", ({ shinyapp }) => void Object.assign(shinyapp, { $socket: null })],
    ["the socket is closing", ({ socket }) => void Object.assign(socket, { readyState: 2 })],
    ["a new socket is being opened", ({ socket }) => void Object.assign(socket, { readyState: 0 })],
  ];

  it.each(closedStates)(
    "an InputSender after the session drops texts and reports one error when %s",
    async (_when, go) => {
      const all = setUp();
      all.session.start();
      go(all);
      expect(all.sender.send("c1", "one")).toBe(false);
      expect(all.sender.send("c2", "two")).toBe(false);
      await settled();
      expect(all.texts()).toEqual([]);
      expect(all.onError).toHaveBeenCalledOnce();
      expect(all.onError.mock.calls[0]?.[0]).toMatchObject({ code: "NOT_CONNECTED" });
      expect(all.onError.mock.calls[0]?.[0]).toMatchObject({ comm_id: "c1" });
    },
  );

  it("an InputSender after the session sends no text of the old session to the new one", async () => {
    const { session, sender, shinyapp, texts } = setUp();
    session.start();
    sender.send("c1", "too late");
    shinyapp.$socket = null;
    page().trigger("shiny:disconnected");
    shinyapp.$socket = { readyState: 1 };
    page().trigger("shiny:connected");
    await settled();
    expect(texts()).toEqual([]);
    sender.send("c2", "new");
    await settled();
    expect(texts()).toEqual(["new"]);
  });

  it("an InputSender after the session reports a text that was accepted in the task of the disconnect", async () => {
    const { session, sender, shinyapp, onError } = setUp();
    session.start();
    sender.send("c1", "too late");
    shinyapp.$socket = null;
    page().trigger("shiny:disconnected");
    await settled();
    expect(onError).toHaveBeenCalledOnce();
  });

  it("an InputSender after the session reports dropped texts again after a new connection", () => {
    const { session, sender, shinyapp, onError } = setUp();
    session.start();
    shinyapp.$socket = null;
    sender.send("c1", "1");
    page().trigger("shiny:connected");
    sender.send("c1", "2");
    expect(onError).toHaveBeenCalledTimes(2);
  });

  it("an InputSender after the session sends the accepted texts after dispose()", async () => {
    const { session, sender, texts } = setUp();
    session.start();
    sender.send("c1", "text");
    sender.dispose();
    await settled();
    expect(texts()).toEqual(["text"]);
  });
});
