// The runbooks in a real Chromium, with an agent of its own: on a phone, in the dark, in both languages.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { freePort, gateway, start, stop } from '../faults/lib/own-agent.mjs';
import { Browser } from './lib/browser.mjs';

const contrast = readFileSync(new URL('lib/contrast.js', import.meta.url), 'utf8');

let agent;
let browser;
before(async () => {
    // Nothing listens there, so that there is a verdict with a runbook.
    const nowhere = `http://127.0.0.1:${await freePort()}`;
    agent = await start(gateway({ publicUrl: nowhere, localUrl: nowhere }));
    browser = await Browser.start();
});
after(async () => {
    await browser.stop();
    await stop(agent);
});

/// A tab with the page in it that has said nothing in its console and asked nobody but the agent at its end.
async function with_page(path, use) {
    const page = await browser.page();
    await page.open(agent.url + path);
    await use(page);
    assert.deepEqual(page.complaints, [], 'console, exceptions and violations of the policy');
    assert.ok(page.requests.every((to) => to.startsWith(`${agent.url}/`) || to.startsWith('data:')));
    await page.close();
}

for (const lang of ['en', 'zh']) {
    for (const scheme of ['light', 'dark']) {
        test(`a runbook can be read on a phone: ${lang}, ${scheme}`, () =>
            with_page(`/runbooks/GatewatchPollingOnly?lang=${lang}`, async (page) => {
                await page.screen(375, 800);
                await page.colours(scheme);
                const wide = await page.value(`document.documentElement.scrollWidth`);
                assert.ok(wide <= 375, `it is ${wide} pixels wide`);
                assert.deepEqual(await page.value(contrast), []);
            }));
    }
}

test('a click copies a command, and another one changes the language', () =>
    with_page('/runbooks/GatewatchBackendDown?lang=en', async (page) => {
        await page.value(`document.querySelector('button.copy').click()`);
        await page.until('it says so', `document.querySelector('button.copy').innerText !== 'Copy'`);
        assert.match(await page.text('button.copy'), /^(Copied|Selected)/);
        await page.value(`document.querySelector('#controls a').click()`);
        await page.until(
            'it is in Chinese',
            `document.documentElement?.lang === 'zh-Hans' && document.readyState === 'complete'`,
        );
        assert.equal(await page.text('h1'), 'GatewatchBackendDown');
        assert.match(await page.text('main'), /含义[^]*影响[^]*诊断[^]*处理/);
    }));

test('the status page leads to the section of the cause', () =>
    with_page('/?lang=en', async (page) => {
        const link = `document.querySelector('.verdict a[href^="/runbooks/"]')`;
        await page.until('there is a verdict with a runbook', `${link} !== null`);
        await page.until('the verdict is no longer open', `!${link}.href.endsWith('#unknown')`);
        const section = await page.value(`${link}.hash.slice(1)`);
        await page.value(`${link}.click()`);
        await page.until(
            'the runbook is open',
            `location.pathname.startsWith('/runbooks/') && document.body !== null`,
        );
        await page.until(
            'its section is there',
            `document.getElementById(${JSON.stringify(section)}) !== null`,
        );
    }));
