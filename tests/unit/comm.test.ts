import { describe, expect, it, vi } from "vitest";
import { type CommChannel, ShinyComm } from "../../src/comm/comm.js";
import type { CommCloseMessage, CommMsgMessage } from "../../src/comm/messages.js";
import { thrownBy } from "./errors.js";

function open() {
  let count = 0;
  const send = vi.fn<CommChannel["send"]>(() => {
    count += 1;
    return `id-${count}`;
  });
  const closed = vi.fn<CommChannel["closed"]>();
  return { comm: new ShinyComm("c1", "jupyter.widget", { send, closed }), send, closed };
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
  it("bears the id and the target that it was made with", () => {
    const { comm } = open();
    expect([comm.comm_id, comm.target_name]).toEqual(["c1", "jupyter.widget"]);
  });

  it("is open from its construction on", () => {
    const { comm, send } = open();
    expect(comm.closed).toBe(false);
    comm.send({});
    expect(send).toHaveBeenCalledOnce();
  });
});

describe("ShinyComm.open", () => {
  it('puts nothing on the wire without data and returns ""', () => {
    const { comm, send } = open();
    expect(comm.open()).toBe("");
    expect(send).not.toHaveBeenCalled();
  });

  it("sends a first message with data, and returns its id", () => {
    const { comm, send } = open();
    const callbacks = {};
    const buffers = [new Uint8Array(1)];
    expect(comm.open({ a: 1 }, callbacks, { m: 1 }, buffers)).toBe("id-1");
    expect(send).toHaveBeenCalledExactlyOnceWith(
      { comm_id: "c1", data: { a: 1 }, metadata: { m: 1 }, buffers },
      callbacks,
    );
  });

  it("takes null for data", () => {
    const { comm, send } = open();
    comm.open(null);
    expect(send.mock.calls[0]?.[0].data).toBeNull();
  });

  it.each([undefined, { a: 1 }])(
    "throws a COMM_CLOSED error when the comm is closed (%j)",
    (data) => {
      const { comm } = open();
      comm.close();
      const error = thrownBy("COMM_CLOSED", () => comm.open(data));
      expect(error).toMatchObject({ comm_id: "c1", code: "COMM_CLOSED" });
    },
  );
});

describe("ShinyComm.send", () => {
  it("hands data, metadata, buffers and callbacks to the channel", () => {
    const { comm, send } = open();
    const callbacks = { iopub: {} };
    const buffers = [new ArrayBuffer(2)];
    comm.send({ a: 1 }, callbacks, { m: 1 }, buffers);
    expect(send).toHaveBeenCalledExactlyOnceWith(
      { comm_id: "c1", data: { a: 1 }, metadata: { m: 1 }, buffers },
      callbacks,
    );
  });

  it("returns an id of each message's own", () => {
    const { comm } = open();
    expect([comm.send({}), comm.send({})]).toEqual(["id-1", "id-2"]);
  });

  it("throws a COMM_CLOSED error that names the comm when the comm is closed", () => {
    const { comm, send } = open();
    comm.close();
    const error = thrownBy("COMM_CLOSED", () => comm.send({}));
    expect(error.comm_id).toBe("c1");
    expect(error.message).toContain("comm c1");
    expect(send).not.toHaveBeenCalled();
  });

  it("lets the channel's errors through", () => {
    const { comm, send } = open();
    send.mockImplementation(() => {
      throw new RangeError("no");
    });
    expect(() => comm.send({})).toThrow(RangeError);
  });
});

describe("ShinyComm.close", () => {
  it('closes this side, puts nothing on the wire, and returns ""', () => {
    const { comm, send, closed } = open();
    expect(comm.close({ a: 1 }, {}, {}, [])).toBe("");
    expect(comm.closed).toBe(true);
    expect(send).not.toHaveBeenCalled();
    expect(closed).toHaveBeenCalledExactlyOnceWith(comm, {
      comm_id: "c1",
      data: { a: 1 },
      metadata: {},
      buffers: [],
    });
  });

  it("does nothing the second time", () => {
    const { comm, closed } = open();
    comm.close();
    expect(comm.close()).toBe("");
    expect(closed).toHaveBeenCalledOnce();
  });

  it("lets nothing be delivered any more", () => {
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

  it("does not run the close callback, which is for the server's close", () => {
    const { comm } = open();
    const onClose = vi.fn();
    comm.on_close(onClose);
    comm.close();
    expect(onClose).not.toHaveBeenCalled();
  });
});

describe("ShinyComm.handle_msg", () => {
  it("hands the message to the callback and returns what that returns", () => {
    const { comm } = open();
    const onMsg = vi.fn(() => "returned");
    comm.on_msg(onMsg);
    expect(comm.handle_msg(msg)).toBe("returned");
    expect(onMsg).toHaveBeenCalledExactlyOnceWith(msg);
  });

  it("calls the callback that was set last, and no other", () => {
    const { comm } = open();
    const first = vi.fn();
    const second = vi.fn();
    comm.on_msg(first);
    comm.on_msg(second);
    comm.handle_msg(msg);
    expect([first.mock.calls.length, second.mock.calls.length]).toEqual([0, 1]);
  });

  it("returns undefined without a callback", () => {
    expect(open().comm.handle_msg(msg)).toBeUndefined();
  });
});

describe("ShinyComm.handle_close", () => {
  it("runs the close callback once and returns what that returns", () => {
    const { comm } = open();
    const onClose = vi.fn(() => "returned");
    comm.on_close(onClose);
    expect(comm.handle_close(closeMsg)).toBe("returned");
    expect(comm.handle_close(closeMsg)).toBeUndefined();
    expect(onClose).toHaveBeenCalledExactlyOnceWith(closeMsg);
  });

  it("closes the comm", () => {
    const { comm, closed } = open();
    comm.handle_close(closeMsg);
    expect(comm.closed).toBe(true);
    expect(closed).toHaveBeenCalledExactlyOnceWith(comm, undefined);
  });

  it("has the comm closed when the callback runs, so that a callback that closes it ends", () => {
    const { comm, closed } = open();
    comm.on_close(() => {
      expect(comm.closed).toBe(true);
      comm.close();
    });
    comm.handle_close(closeMsg);
    expect(closed).toHaveBeenCalledOnce();
  });

  it("closes the comm even when the callback throws", () => {
    const { comm } = open();
    comm.on_close(() => {
      throw new Error("callback");
    });
    expect(() => comm.handle_close(closeMsg)).toThrow("callback");
    expect(comm.closed).toBe(true);
  });
});
