// A status page that is open in a real Chromium while its agent gets another configuration.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { namesOf, until } from '../faults/lib/agent.mjs';
import { endAll, gateway, reload, start, stop } from '../faults/lib/own-agent.mjs';
import { Browser } from './lib/browser.mjs';

const browser = await Browser.start();
after(() => {
    browser.stop();
    endAll();
});

test('shows the gateways that there are now, and leaves open what the reader has opened', async () => {
    const stays = gateway({ name: 'stays' });
    const agent = await start(gateway({ name: 'goes' }) + stays);
    const page = await browser.page();
    await page.open(agent.url);
    const shown = () =>
        page.value(`[...document.querySelectorAll('article h2')].map((h) => h.textContent).join()`);
    assert.equal(await shown(), 'goes,stays');
    const opened = `document.querySelectorAll('article')[1].querySelector('details')`;
    await until('there is something to open', () => page.value(`${opened} !== null`));
    await page.value(`${opened}.open = true`);

    agent.configure(gateway({ name: 'comes' }) + gateway({ name: 'too' }) + stays);
    assert.equal((await reload(agent)).status, 200);
    assert.deepEqual(await namesOf(agent), ['comes', 'too', 'stays']);
    await until('the page shows them', async () => (await shown()) === 'comes,too,stays');
    const open = await page.value(
        `[...document.querySelectorAll('article:has(details[open]) h2')].map((h) => h.textContent).join()`,
    );
    assert.equal(open, 'stays');
    assert.deepEqual(page.complaints, []);
    await page.close();
    assert.equal((await stop(agent)).code, 0);
});
