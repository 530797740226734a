"""The messages of a flush: which of them share a batch."""

from __future__ import annotations

import ipywidgets
from page import Page, empty_ui, finish
from shiny import App, Inputs, Outputs, Session, reactive

import shiny_comm


def test_custom_messages_are_in_a_batch_without_the_updates_before_them() -> None:
    def server(input: Inputs, output: Outputs, session: Session) -> None:
        buttons = [ipywidgets.Button(), ipywidgets.Button()]

        @reactive.effect
        @reactive.event(session.input.go)
        def _() -> None:
            for button in buttons:
                button.disabled = True
            for button in buttons:
                button.send({"action": "run"})

    async def run() -> Page:
        page = await Page(App(empty_ui(), server)).open((), **{".shiny_comm_frames": 3})
        await page.until(lambda: page.of("comm_open"))
        opens = len(page.messages)
        page.set(go=1)
        await page.until(lambda: len(page.messages) >= opens + 4)
        await page.close()
        assert page.batches == [0, opens, opens + 2]
        return page

    shiny_comm.use()
    page = finish(run())
    methods = [message.data["method"] for message in page.of("comm_msg")]
    assert methods == ["update", "update", "custom", "custom"]
