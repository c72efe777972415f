"""What a page holds, in every place where a page can keep something."""

from playwright.async_api import Frame

KEPT = """async () => {
    const done = (asked) => new Promise((resolve, reject) => {
        asked.onsuccess = () => resolve(asked.result);
        asked.onerror = () => reject(asked.error);
    });
    const databases = [];
    for (const { name } of await indexedDB.databases()) {
        const database = await done(indexedDB.open(name));
        for (const table of database.objectStoreNames) {
            const store = database.transaction(table).objectStore(table);
            databases.push([name, table, await done(store.getAllKeys()), await done(store.getAll())]);
        }
        database.close();
    }
    const cached = [];
    for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        for (const request of await cache.keys()) {
            cached.push(name, request.url, await (await cache.match(request)).text());
        }
    }
    const fields = [...document.querySelectorAll('input, textarea, select')].map((field) => field.value);
    return {
        page: JSON.stringify([document.documentElement.outerHTML, document.title, window.name, fields]),
        sessionStorage: JSON.stringify(sessionStorage),
        localStorage: JSON.stringify(localStorage),
        cookies: document.cookie,
        IndexedDB: JSON.stringify(databases),
        Cache: JSON.stringify(cached),
        history: JSON.stringify([history.state, navigation.entries().map((entry) => [entry.url, entry.getState()])]),
    };
}"""


async def left_in(frame: Frame, *words: str) -> dict[str, list[str]]:
    """By the places that hold one of these words, which they hold."""
    kept: dict[str, str] = await frame.evaluate(KEPT)
    found = {place: [word for word in words if word in text] for place, text in kept.items()}
    return {place: held for place, held in found.items() if held}


PLANT = """async (word) => {
    sessionStorage.setItem('leak', word);
    localStorage.setItem('leak', word);
    document.cookie = `leak=${word}`;
    document.title = word;
    history.replaceState({ word }, '');
    await (await caches.open('leak')).put('/leak', new Response(word));
    await new Promise((resolve) => {
        const opening = indexedDB.open('leak');
        opening.onupgradeneeded = () => opening.result.createObjectStore('leak').put(word, 1);
        opening.onsuccess = () => resolve(opening.result.close());
    });
}"""


async def leaks_everywhere(frame: Frame, word: str) -> None:
    """Keep a word in every place where a page can."""
    await frame.evaluate(PLANT, word)


EVERYWHERE = {"page", "sessionStorage", "localStorage", "cookies", "IndexedDB", "Cache", "history"}
