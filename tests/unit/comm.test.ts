import { describe, expect, it, vi } from "vitest";
import { type CommChannel, ShinyComm } from "../../src/comm/comm.js";
import { jupyterComm } from "../../src/comm/jupyter-comm.js";
import type { CommCloseMessage, CommMsgMessage } from "../../src/comm/messages.js";
import { thrownBy } from "./errors.js";

function open() {
  let count = 0;
  const send = vi.fn<CommChannel["send"]>(() => {
    count += 1;
    return `id-${count}`;
  });
  const closed = vi.fn<CommChannel["closed"]>();
  const listening = vi.fn<CommChannel["listening"]>();
  const comm = new ShinyComm("c1", "jupyter.widget", { send, closed, listening });
  return { comm, send, closed, listening };
}

const base = { metadata: {}, buffers: [], header: {} };
const msg: CommMsgMessage = {
  msg_type: "comm_msg",
  content: { comm_id: "c1", data: { method: "custom" } },
  ...base,
};
const closeMsg: CommCloseMessage = {
  msg_type: "comm_close",
  content: { comm_id: "c1", data: {} },
  ...base,
};

describe("ShinyComm", () => {
  it("a comm keeps the id and the target from the constructor", () => {
    const { comm } = open();
    expect([comm.comm_id, comm.target_name]).toEqual(["c1", "jupyter.widget"]);
  });

  it("a comm starts open", () => {
    const { comm, send } = open();
    expect(comm.closed).toBe(false);
    comm.send({});
    expect(send).toHaveBeenCalledOnce();
  });
});

describe("jupyterComm", () => {
  function openJupyter() {
    const { comm, ...channel } = open();
    return { comm, jupyter: jupyterComm(comm), ...channel };
  }

  it("a Jupyter comm shows the comm's id and target", () => {
    const { jupyter } = openJupyter();
    expect([jupyter.comm_id, jupyter.target_name]).toEqual(["c1", "jupyter.widget"]);
  });

  it('a Jupyter comm sends nothing on `open` without data, and returns ""', () => {
    const { jupyter, send } = openJupyter();
    expect(jupyter.open()).toBe("");
    expect(send).not.toHaveBeenCalled();
  });

  it.each(["open", "send"] as const)(
    "a Jupyter comm sends positional arguments on `%s`",
    (method) => {
      const { jupyter, send } = openJupyter();
      const buffers = [new Uint8Array(1)];
      expect(jupyter[method]({ a: 1 }, {}, { m: 1 }, buffers)).toBe("id-1");
      expect(send).toHaveBeenCalledExactlyOnceWith(
        { comm_id: "c1", data: { a: 1 }, metadata: { m: 1 }, buffers },
        undefined,
      );
    },
  );

  it("a Jupyter comm sends null as data", () => {
    const { jupyter, send } = openJupyter();
    jupyter.open(null);
    expect(send.mock.calls[0]?.[0].data).toBeNull();
  });

  it("a Jupyter comm reports idle to `iopub.status` as a kernel does", () => {
    const { jupyter, send } = openJupyter();
    const status = vi.fn();
    jupyter.send({}, { iopub: { status } });
    expect(status).not.toHaveBeenCalled();
    send.mock.calls[0]?.[1]?.();
    expect(status).toHaveBeenCalledExactlyOnceWith({
      header: { msg_type: "status" },
      content: { execution_state: "idle" },
    });
  });

  it.each([undefined, { a: 1 }])(
    "a Jupyter comm throws COMM_CLOSED on `open` after its close (%j)",
    (data) => {
      const { comm, jupyter } = openJupyter();
      comm.close();
      const error = thrownBy("COMM_CLOSED", () => jupyter.open(data));
      expect(error).toMatchObject({ comm_id: "c1", code: "COMM_CLOSED" });
    },
  );

  it('a Jupyter comm closes the comm with positional arguments, and returns ""', () => {
    const { comm, jupyter, closed } = openJupyter();
    expect(jupyter.close({ a: 1 }, {}, {}, [])).toBe("");
    expect(jupyter.close()).toBe("");
    expect(closed).toHaveBeenCalledExactlyOnceWith(comm, {
      comm_id: "c1",
      data: { a: 1 },
      metadata: {},
      buffers: [],
    });
  });

  it("a Jupyter comm sets the listeners of the comm", () => {
    const { comm, jupyter } = openJupyter();
    const onMsg = vi.fn();
    const onClose = vi.fn();
    jupyter.on_msg(onMsg);
    jupyter.on_close(onClose);
    comm.handle_msg(msg);
    comm.handle_close(closeMsg);
    expect(onMsg).toHaveBeenCalledExactlyOnceWith(msg);
    expect(onClose).toHaveBeenCalledExactlyOnceWith(closeMsg);
  });
});

describe("ShinyComm.send", () => {
  it("send() passes data, metadata, buffers and `onIdle` to the channel", () => {
    const { comm, send } = open();
    const onIdle = vi.fn();
    const buffers = [new ArrayBuffer(2)];
    comm.send({ a: 1 }, { metadata: { m: 1 }, buffers, onIdle });
    expect(send).toHaveBeenCalledExactlyOnceWith(
      { comm_id: "c1", data: { a: 1 }, metadata: { m: 1 }, buffers },
      onIdle,
    );
  });

  it("send() returns a new id for each message", () => {
    const { comm } = open();
    expect([comm.send({}), comm.send({})]).toEqual(["id-1", "id-2"]);
  });

  it("send() throws a COMM_CLOSED error that names the comm when the comm is closed", () => {
    const { comm, send } = open();
    comm.close();
    const error = thrownBy("COMM_CLOSED", () => comm.send({}));
    expect(error.comm_id).toBe("c1");
    expect(error.message).toContain("comm c1");
    expect(send).not.toHaveBeenCalled();
  });

  it("send() throws the channel's errors unchanged", () => {
    const { comm, send } = open();
    send.mockImplementation(() => {
      throw new RangeError("no");
    });
    expect(() => comm.send({})).toThrow(RangeError);
  });
});

describe("ShinyComm.close", () => {
  it("close() closes this side, and passes the close message to the channel", () => {
    const { comm, send, closed } = open();
    comm.close({ a: 1 }, { metadata: {}, buffers: [] });
    expect(comm.closed).toBe(true);
    expect(send).not.toHaveBeenCalled();
    expect(closed).toHaveBeenCalledExactlyOnceWith(comm, {
      comm_id: "c1",
      data: { a: 1 },
      metadata: {},
      buffers: [],
    });
  });

  it("close() does nothing when called again", () => {
    const { comm, closed } = open();
    comm.close();
    comm.close();
    expect(closed).toHaveBeenCalledOnce();
  });

  it("close() ends delivery to listeners", () => {
    const { comm } = open();
    const onMsg = vi.fn();
    const onClose = vi.fn();
    comm.on_msg(onMsg);
    comm.on_close(onClose);
    comm.close();
    comm.handle_msg(msg);
    comm.handle_close(closeMsg);
    expect(onMsg).not.toHaveBeenCalled();
    expect(onClose).not.toHaveBeenCalled();
  });

  it("close() does not run the close callback, which only the server's close runs", () => {
    const { comm } = open();
    const onClose = vi.fn();
    comm.on_close(onClose);
    comm.close();
    expect(onClose).not.toHaveBeenCalled();
  });
});

describe("ShinyComm.handle_msg", () => {
  it("handle_msg passes the message to the callback and returns the callback's result", () => {
    const { comm } = open();
    const onMsg = vi.fn(() => "returned");
    comm.on_msg(onMsg);
    expect(comm.handle_msg(msg)).toBe("returned");
    expect(onMsg).toHaveBeenCalledExactlyOnceWith(msg);
  });

  it("handle_msg calls the callback that was set last, and no other", () => {
    const { comm } = open();
    const first = vi.fn();
    const second = vi.fn();
    comm.on_msg(first);
    comm.on_msg(second);
    comm.handle_msg(msg);
    expect([first.mock.calls.length, second.mock.calls.length]).toEqual([0, 1]);
  });

  it("handle_msg returns undefined without a callback", () => {
    expect(open().comm.handle_msg(msg)).toBeUndefined();
  });
});

describe("the undo of a listener", () => {
  it("the undo of a listener removes the listener for messages", () => {
    const { comm, listening } = open();
    const onMsg = vi.fn();
    const undo = comm.on_msg(onMsg);
    expect(comm.hasListener).toBe(true);
    expect(listening).toHaveBeenCalledExactlyOnceWith(comm);
    undo();
    expect(comm.hasListener).toBe(false);
    comm.handle_msg(msg);
    expect(onMsg).not.toHaveBeenCalled();
  });

  it("the undo of a listener removes the listener for the close", () => {
    const { comm } = open();
    const onClose = vi.fn();
    comm.on_close(onClose)();
    comm.handle_close(closeMsg);
    expect(onClose).not.toHaveBeenCalled();
  });

  it("the undo of a listener leaves a listener that was set later, even the same function", () => {
    const { comm } = open();
    const onMsg = vi.fn();
    const onClose = vi.fn();
    const undos = [comm.on_msg(onMsg), comm.on_close(onClose)];
    comm.on_msg(onMsg);
    comm.on_close(onClose);
    for (const undo of undos) undo();
    comm.handle_msg(msg);
    comm.handle_close(closeMsg);
    expect([onMsg.mock.calls.length, onClose.mock.calls.length]).toEqual([1, 1]);
  });
});

describe("ShinyComm.handle_close", () => {
  it("handle_close runs the close callback once and returns its result", () => {
    const { comm } = open();
    const onClose = vi.fn(() => "returned");
    comm.on_close(onClose);
    expect(comm.handle_close(closeMsg)).toBe("returned");
    expect(comm.handle_close(closeMsg)).toBeUndefined();
    expect(onClose).toHaveBeenCalledExactlyOnceWith(closeMsg);
  });

  it("handle_close closes the comm", () => {
    const { comm, closed } = open();
    comm.handle_close(closeMsg);
    expect(comm.closed).toBe(true);
    expect(closed).toHaveBeenCalledExactlyOnceWith(comm, undefined);
  });

  it("handle_close closes the comm before the callback runs, so that a callback can call close()", () => {
    const { comm, closed } = open();
    comm.on_close(() => {
      expect(comm.closed).toBe(true);
      comm.close();
    });
    comm.handle_close(closeMsg);
    expect(closed).toHaveBeenCalledOnce();
  });

  it("handle_close closes the comm even when the callback throws", () => {
    const { comm } = open();
    comm.on_close(() => {
      throw new Error("callback");
    });
    expect(() => comm.handle_close(closeMsg)).toThrow("callback");
    expect(comm.closed).toBe(true);
  });
});
