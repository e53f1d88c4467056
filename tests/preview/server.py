"""The page without a backend: ``python -m tests.preview.server`` and open http://127.0.0.1:8700/labs/split.

Labs are scripts (tests/preview/scripted.py): ``split``, ``forms``, ``big``, ``play`` (moves), ``roll``
(a large rollout), ``empty``. Terminals echo.
The Content-Security-Policy is the strict one, so what it refuses shows here.
"""

import argparse
from pathlib import Path
from typing import Any

from flask import Flask, Response, jsonify, render_template, request
from flask_socketio import SocketIO, emit

from playground.web.assets import TRANSLATIONS
from playground.web.languages import Languages, speak_languages
from tests.preview import scripted

ROOT = Path(__file__).resolve().parents[2]
POLICY = "default-src 'self'; frame-ancestors 'none'"
SCRIPTS = {
    "split": scripted.split,
    "forms": scripted.forms,
    "big": scripted.big,
    "play": scripted.chapter,
    "empty": scripted.Script,
    "roll": scripted.rollout,
}
STEP = """
<p>Your cut leaves <b>manager1</b> on one side, <b>manager2</b> and <b>manager3</b> on the other. Before you type: which
side can still change the swarm?</p>
<form class="ask" data-step="s2"><fieldset><legend>Who can change the swarm now?</legend>
<label><input type="radio" name="choice" value="0">manager1, it was the leader</label>
<label><input type="radio" name="choice" value="1">manager2 and manager3, they are two of three</label>
<label><input type="radio" name="choice" value="2">neither</label></fieldset></form>
<p>Now ask the old leader for six tasks, and watch its term.</p>
<div class="run" data-terminal="manager1"><pre><code>docker service scale web=6</code></pre></div>
<div class="act" data-fault='{"heal": true}'>Heal the network</div>
"""
ANSI = (
    "\x1b[94mubuntu@{name}:~$\x1b[0m docker service scale web=6\r\n"
    "\x1b[91mweb: Error response from daemon: rpc error: code = Unknown desc = The swarm does not have a leader. It's "
    "possible that too few managers are online. Make sure more than half of the managers are online.\x1b[0m\r\n"
    "\x1b[38;2;120;220;160mtrue colour\x1b[0m\r\n\x1b[94mubuntu@{name}:~$\x1b[0m "
)


def create_app() -> tuple[Flask, SocketIO]:
    app = Flask("preview", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static"))
    socketio = SocketIO(app, async_mode="threading")
    speak_languages(app, Languages(TRANSLATIONS))
    faults: list[Any] = []

    @app.after_request
    def strict(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = POLICY
        return response

    @app.get("/")
    def start() -> str:
        return render_template("start.html", version="preview")

    @app.get("/lessons")
    def lessons() -> str:
        return render_template("lessons.html", version="preview")

    @app.get("/labs/<lab>")
    def lab_page(lab: str) -> str:
        return render_template("lab.html", version="preview", lab_id=lab)

    @app.errorhandler(404)
    def missing(_: Exception) -> tuple[str, int]:
        return render_template("error.html", version="preview"), 404

    @app.get("/api/lessons")
    def lesson_list() -> Response:
        names = ["A swarm of one", "Managers and workers join", "Lock the swarm", "Services", "When the network splits"]
        summary = "What a swarm is, and what changes when an engine becomes one."
        return jsonify(
            [
                {"slug": f"0{i}-x", "title": n, "minutes": 8, "summary": summary, "steps": 5}
                for i, n in enumerate(names, 1)
            ]
        )

    @app.post("/api/labs")
    def make_lab() -> tuple[Response, int]:
        return jsonify({"id": "play", "token": "t", "nodes": {}, "url": "/labs/play#token=t"}), 201

    @app.get("/api/labs/<lab>")
    def describe(lab: str) -> Response:
        return jsonify({"id": lab, "situation": "", "nodes": {}})

    @app.get("/api/labs/<lab>/lesson")
    def lesson(lab: str) -> tuple[Response, int]:
        if lab != "split":
            return jsonify({"error": "This lab has no lesson."}), 404
        steps = [
            {"id": s["id"], "title": s["title"], "html": STEP, "hints": 3} for s in scripted.lesson_progress()["steps"]
        ]
        title = "When the network splits"
        return jsonify({"slug": "05-partition", "title": title, "minutes": 8, "steps": steps}), 200

    @app.post("/api/labs/<lab>/lesson")
    def lesson_intent(lab: str) -> Response:
        body = request.get_json()
        if "hint" in body:
            return jsonify({"html": "<p>Two of three is a majority. <code>docker node ls</code> on manager2.</p>"})
        if "answer" in body:
            return jsonify({"right": body["answer"]["choice"] == 1, "html": "<p>Two of three is more than half.</p>"})
        return jsonify({"ok": True})

    @app.post("/api/labs/<lab>/clock")
    def clock(lab: str) -> Response:
        return jsonify({"now": 0, "speed": 1, "paused": False})

    @app.post("/api/labs/<lab>/faults")
    def fault(lab: str) -> Response:
        faults.append(request.get_json())
        return jsonify({"ok": True})

    @app.get("/preview/faults")
    def seen_faults() -> Response:
        return jsonify(faults)

    @app.get("/api/labs/<lab>/open")
    def open_port(lab: str) -> Response:
        body = "<!doctype html><h1>Hello from web</h1><p>served by a task</p>"
        return jsonify({"status": 200, "headers": {}, "body": body, "served_by": "web.3.xotjvafc1sz36bg9pzwu7s53u"})

    sessions: dict[str, Any] = {}

    @socketio.on("join", namespace="/lab")
    def join(message: dict[str, Any]) -> dict[str, Any]:
        script = SCRIPTS[message["lab"]]()
        sid = request.sid
        sessions[sid] = message["lab"]
        if not script.deltas:
            emit("view", script.view)
            return {"ok": True}
        emit("view", scripted.big().view if message["lab"] == "roll" else scripted.empty_view())

        def run() -> None:
            now = 60 * scripted.SECOND if message["lab"] == "roll" else 0
            for delta in script.deltas:
                socketio.sleep((delta["now"] - now) / scripted.SECOND)
                now = delta["now"]
                socketio.emit("delta", delta, to=sid, namespace="/lab")

        socketio.start_background_task(run)
        return {"ok": True}

    @socketio.on("terminal_open", namespace="/lab")
    def terminal_open(message: dict[str, Any]) -> dict[str, Any]:
        name = message["terminal"]
        text = ANSI.format(name=name) if name == "manager1" else f"\x1b[94mubuntu@{name}:~$\x1b[0m "
        emit("output", {"terminal": name, "data": text, "position": len(text), "reset": True})
        return {"ok": True}

    @socketio.on("input", namespace="/lab")
    def typed(message: dict[str, Any]) -> None:
        text = message["data"].replace("\r", f"\r\n\x1b[94mubuntu@{message['terminal']}:~$\x1b[0m ")
        emit("output", {"terminal": message["terminal"], "data": text, "position": 10_000, "reset": False})

    @socketio.on("resize", namespace="/lab")
    def resized(message: dict[str, Any]) -> None:
        del message

    @socketio.on("ack", namespace="/lab")
    def acked(message: dict[str, Any]) -> None:
        del message

    return app, socketio


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8700)
    app, socketio = create_app()
    socketio.run(app, port=parser.parse_args().port, allow_unsafe_werkzeug=True)


if __name__ == "__main__":
    main()
