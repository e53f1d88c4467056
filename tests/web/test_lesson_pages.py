"""Pages about lessons, from a folder that an author writes in."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from playground.lessons import skeleton
from playground.lessons.translating import translate
from playground.web.app import Playground, Settings, create_app
from playground.web.shelf import Shelf

SVG = "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    lesson = skeleton.create(tmp_path / "own", "20-my-idea")
    prose = lesson / "en.md"
    prose.write_text(prose.read_text().replace("Say what", "![A swarm](pictures/swarm.svg)\n\nSay what"))
    (lesson / "pictures").mkdir()
    (lesson / "pictures" / "swarm.svg").write_text(SVG)
    (lesson / "notes.txt").write_text("not for learners")
    (tmp_path / "own" / "secret.png").write_bytes(b"other")
    return tmp_path / "own"


@pytest.fixture
def playground(folder: Path) -> Iterator[Playground]:
    made = create_app(Settings(lessons=(folder,)))
    yield made
    made.registry.stop()


@pytest.fixture
def client(playground: Playground) -> FlaskClient:
    return playground.app.test_client()


def test_a_lesson_from_the_guide_alone_in_a_folder_of_its_own_is_there(client: FlaskClient) -> None:
    assert [lesson["slug"] for lesson in client.get("/api/lessons").get_json()] == ["20-my-idea"]
    assert "See the nodes" in client.get("/lessons/20-my-idea").text
    lab = client.post("/api/labs", json={"lesson": "20-my-idea", "clock": "manual"}).get_json()
    headers = {"Authorization": f"Bearer {lab['token']}"}

    content = client.get(f"/api/labs/{lab['id']}/lesson", headers=headers).get_json()
    assert '<img src="/lessons/20-my-idea/files/pictures/swarm.svg" alt="A swarm">' in content["steps"][0]["html"]
    body = {"node": "manager1", "command": "docker node ls"}
    client.post(f"/api/labs/{lab['id']}/exec", json=body, headers=headers)
    assert client.get(f"/api/labs/{lab['id']}/view", headers=headers).get_json()["lesson"]["done"]


def test_an_image_is_served_and_runs_nothing(client: FlaskClient) -> None:
    answer = client.get("/lessons/20-my-idea/files/pictures/swarm.svg")

    assert answer.status_code == 200
    assert answer.mimetype == "image/svg+xml"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "name",
    ["lesson.yaml", "notes.txt", "none.png", "../secret.png", "%2e%2e/secret.png", "..%2fsecret.png", "/etc/passwd"],
)
def test_nothing_else_of_the_folder_is_served(client: FlaskClient, name: str) -> None:
    assert client.get(f"/lessons/20-my-idea/files/{name}").status_code in (404, 308)
    assert client.get("/lessons/00-none/files/a.png").status_code == 404


def test_a_link_out_of_the_folder_is_not_followed(client: FlaskClient, folder: Path) -> None:
    (folder / "20-my-idea" / "out.png").symlink_to(folder / "secret.png")

    assert client.get("/lessons/20-my-idea/files/out.png").status_code == 404


def test_an_image_that_is_too_large_is_not_served(client: FlaskClient, folder: Path) -> None:
    (folder / "20-my-idea" / "large.png").write_bytes(b"x" * 600_000)

    assert client.get("/lessons/20-my-idea/files/large.png").status_code == 404


def test_a_broken_lesson_is_named_to_authors_and_hidden_from_learners(folder: Path) -> None:
    broken = skeleton.create(folder, "21-broken")
    (broken / "lesson.yaml").write_text("title: <script>alert(1)</script>\nminutes: many\n")
    (skeleton.create(folder, "22-faulty") / "en.md").write_text("# Wrong\n\n## See\n\n```question\n```\n")
    made = create_app(Settings(lessons=(folder,)))
    client = made.app.test_client()

    page = client.get("/authors").text

    assert "21-broken/lesson.yaml:2" in page
    assert "22-faulty/en.md:1" in page
    assert "the first line must be the lesson&#39;s title" in page
    assert "<script>alert" not in page
    assert [lesson["slug"] for lesson in client.get("/api/lessons").get_json()] == ["20-my-idea", "22-faulty"]
    assert client.get("/lessons/21-broken").status_code == 404
    assert client.get("/lessons").status_code == 200
    made.registry.stop()


def test_exercises_are_exported_as_markdown(client: FlaskClient) -> None:
    text = client.get("/lessons/20-my-idea.md").text

    assert text.startswith("# My idea\n")
    assert "## See the nodes" in text
    assert "**Which of the two nodes can tell you about both?**\n\n- a) manager1\n- b) worker1" in text
    assert "On manager1:\n\n```sh\ndocker node ls\n```" in text
    assert "- [ ] manager1 lists both nodes" in text
    assert "```question" not in text
    assert "Solutions" not in text


def test_solutions_are_exported_on_request_and_in_the_readers_language(client: FlaskClient, folder: Path) -> None:
    text = client.get("/lessons.md?solutions=1").text

    assert "## Solutions\n\n### See the nodes" in text
    assert "**a) manager1** Only managers keep the swarm's state." in text
    assert "1. On manager1: `docker node ls`" in text


def test_exercises_are_printed_without_script(client: FlaskClient, folder: Path) -> None:
    page = client.get("/lessons/20-my-idea/print").text

    assert "<h2>See the nodes</h2>" in page
    assert '<li class="box">manager1 lists both nodes</li>' in page
    assert client.get("/lessons/print").status_code == 200


def test_the_reader_gets_a_lesson_in_their_language(folder: Path) -> None:
    translate(folder / "20-my-idea", "de")
    words = folder / "20-my-idea" / "de.yaml"
    words.write_text(words.read_text().replace('"My idea": ""', '"My idea": "Meine Idee"'))
    prose = folder / "20-my-idea" / "de.md"
    prose.write_text(
        prose.read_text().replace("My idea", "Meine Idee").replace("See the nodes", "Sieh dir die Knoten an")
    )
    made = create_app(Settings(lessons=(folder,)))
    client = made.app.test_client()
    german = {"Accept-Language": "de"}

    assert client.get("/api/lessons", headers=german).get_json()[0]["title"] == "Meine Idee"
    assert "Sieh dir die Knoten an" in client.get("/lessons/20-my-idea", headers=german).text
    assert client.get("/lessons/20-my-idea.md?language=de").text.startswith("# Meine Idee")
    assert client.get("/lessons/20-my-idea.md").text.startswith("# My idea")
    made.registry.stop()


def test_a_part_of_the_chapter_is_called_alike_in_all_its_lessons(client: FlaskClient) -> None:
    made = create_app(Settings())
    lessons = made.app.test_client().get("/api/lessons?language=de").get_json()
    made.registry.stop()
    begun = [lesson for lesson in lessons if lesson["slug"] in ("01-init", "01-multipass")]

    assert {lesson["chapter"] for lesson in begun} == {"Einen Swarm bauen"}
    assert {lesson["language"] for lesson in begun} == {"de", "en"}
    assert "Ändern, was läuft" in [lesson["chapter"] for lesson in lessons]
    english = {each.outline.chapter for each in made.registry.lessons.values()}
    assert english & {lesson["chapter"] for lesson in lessons} == {"Services"}


def test_a_shelf_reads_what_has_changed_and_tells_which_lessons_did(folder: Path) -> None:
    skeleton.create(folder, "21-other")
    shelf = Shelf([folder])
    file = folder / "20-my-idea" / "en.md"
    assert shelf.read() == []

    file.write_text(file.read_text().replace("Say what", "Say once more what"))
    assert shelf.read() == ["20-my-idea"]
    file.write_text("")
    assert shelf.read() == []
    assert list(shelf) == ["21-other"]
    assert shelf.problems[0].file == "20-my-idea/en.md"
    (skeleton.create(folder, "22-new")).joinpath("en.md").touch()
    assert shelf.read() == []
    assert list(shelf) == ["21-other", "22-new"]


def test_a_later_folder_s_lesson_takes_the_place_of_an_earlier_one_s(folder: Path, tmp_path: Path) -> None:
    mine = skeleton.create(tmp_path / "mine", "20-my-idea")
    outline = mine / "lesson.yaml"
    outline.write_text(outline.read_text().replace("minutes: 5", "minutes: 7"))

    shelf = Shelf([folder, tmp_path / "mine"])

    assert shelf["20-my-idea"].outline.minutes == 7
    assert shelf.folder("20-my-idea") == mine


def test_a_lab_goes_on_in_a_lesson_that_was_written_anew(playground: Playground, folder: Path) -> None:
    client = playground.app.test_client()
    lab = client.post("/api/labs", json={"lesson": "20-my-idea", "clock": "manual"}).get_json()
    headers = {"Authorization": f"Bearer {lab['token']}"}

    def view() -> dict[str, object]:
        answer: dict[str, object] = client.get(f"/api/labs/{lab['id']}/view", headers=headers).get_json()["lesson"]
        return answer

    before = view()
    file = folder / "20-my-idea" / "en.md"
    file.write_text(file.read_text().replace("Say what", "Said anew, what"))
    shelf = playground.app.extensions["shelf"]
    playground.registry.lessons_changed(shelf.read())

    content = client.get(f"/api/labs/{lab['id']}/lesson", headers=headers).get_json()
    assert "Said anew" in content["steps"][0]["html"]
    assert view()["facts"] != before["facts"]
    assert view()["step"] == before["step"]
