// What other sites can make a browser do to the agent, and what the page says when the agent is gone. With an agent
// of its own, so that nothing else asks it for runs.
import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, test } from 'node:test';
import { gateway, start, stop } from '../faults/lib/own-agent.mjs';
import { Browser, foreign_name } from './lib/browser.mjs';

let agent;
let browser;
before(async () => {
    agent = await start(gateway());
    browser = await Browser.start();
});
after(async () => {
    await browser.stop();
    await stop(agent);
});

/// A page of another origin, on this host as an attacker's may be.
async function other_site() {
    const server = http.createServer((request, response) => {
        response.setHeader('Content-Type', 'text/html');
        response.end(
            `<form method="post" enctype="text/plain" action="${agent.url}/api/v1/run"><input name="a" value="b"></form>`,
        );
    });
    await new Promise((resolve) => {
        server.listen(0, '127.0.0.1', resolve);
    });
    return { url: `http://localhost:${server.address().port}/`, close: () => server.close() };
}

/// Only the first run in ten seconds is started: that this one is shows that none was started before.
async function nothing_was_run() {
    const answer = await fetch(`${agent.url}/api/v1/run`, {
        method: 'POST',
        headers: { 'X-Gatewatch': 'run' },
    });
    assert.equal(answer.status, 202, await answer.text());
}

test('fault_97_a_page_of_another_site_cannot_make_the_agent_probe', async () => {
    const site = await other_site();
    const page = await browser.page();
    await page.open(site.url);
    const run = JSON.stringify(`${agent.url}/api/v1/run`);
    const attempt = (options) =>
        page.value(
            `fetch(${run}, { method: 'POST', ${options} }).then((answer) => answer.type, () => 'refused')`,
        );
    assert.equal(
        await attempt(`headers: { 'X-Gatewatch': 'run' }`),
        'refused',
        'a script with the header needs a preflight',
    );
    assert.equal(await attempt(''), 'refused', 'a script may not read the answer');
    assert.equal(await attempt(`mode: 'no-cors'`), 'opaque', 'it is sent, and cannot be read');
    await page.value(`document.forms[0].submit()`);
    await page.until('the form has been answered', `document.body.innerText.includes('a page of another')`);
    await page.close();
    site.close();

    // A name of the attacker's that leads here: his page would be same-origin with the agent.
    const rebound = await browser.page();
    await rebound.open(agent.url.replace('127.0.0.1', foreign_name));
    await rebound.value(`document.querySelector('#run').click()`);
    await rebound.until('it is refused', `document.querySelector('#said').innerText.startsWith('Refused')`);
    assert.match(await rebound.text('#said'), new RegExp(foreign_name));
    await rebound.close();
    await nothing_was_run();
});

test('a page whose agent does not answer says so, and nothing on it looks fresh', async () => {
    const page = await browser.page();
    await page.open(agent.url);
    agent.child.kill('SIGSTOP');
    try {
        await page.until(
            'it says that the agent does not answer',
            `!document.querySelector('#stale').hidden`,
        );
        assert.match(await page.text('#stale'), /does not answer/);
        assert.match(await page.value('document.title'), /^NO ANSWER/);
        const ages = await page.value(
            `[...document.querySelectorAll('.age')].map((age) => getComputedStyle(age).visibility)`,
        );
        assert.ok(
            ages.every((visibility) => visibility === 'hidden'),
            ages.join(),
        );
    } finally {
        agent.child.kill('SIGCONT');
    }
    await page.until('it recovers by itself', `document.querySelector('#stale').hidden`);
    assert.doesNotMatch(await page.value('document.title'), /NO ANSWER/);
    await page.close();
});
