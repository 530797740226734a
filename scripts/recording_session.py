"""A session that keeps what comms send in it, for the scripts that record fixtures."""

import asyncio


class RecordingSession:
    """The few members of a session that a comm calls."""

    # No module's session, but the root.
    ns = ""

    def __init__(self):
        self.sent = []
        self.flush = []
        self.flushed = []

    def on_flush(self, send):
        self.flush.append(send)

    def on_flushed(self, send):
        self.flushed.append(send)

    async def send_custom_message(self, handler, message):
        self.sent.append({"handler": handler, "payload": message})

    def drain(self):
        """Flush the session, and return the messages that it sends, in order."""

        async def run():
            for send in [*self.flush, *self.flushed]:
                await send()

        asyncio.run(run())
        self.flush, self.flushed = [], []
        sent, self.sent = self.sent, []
        return sent
