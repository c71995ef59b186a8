// The status page in a real Chromium, against an agent that watches the reference deployment.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { metricsOf, stackState, statusOf, until } from '../faults/lib/agent.mjs';
import { Browser } from './lib/browser.mjs';

const state = stackState();
const agent = state.urls.agent;
const here = path.dirname(fileURLToPath(import.meta.url));
const contrast = readFileSync(path.join(here, 'lib', 'contrast.js'), 'utf8');
const open_all = `document.querySelectorAll('details').forEach((details) => (details.open = true))`;

let browser;
before(async () => {
    browser = await Browser.start();
    await until('the deployment is healthy', async () => (await metricsOf(agent)).cause() === 'none');
});
after(() => browser.stop());

/// A tab with the page in it, that has said nothing in its console and asked nobody but the agent at its end.
function with_page(name, use, { url = '/', prepare } = {}) {
    test(name, async () => {
        const page = await browser.page();
        await prepare?.(page);
        await page.open(agent + url);
        await use(page);
        assert.deepEqual(page.complaints, [], 'console, exceptions and violations of the policy');
        const elsewhere = page.requests.filter(
            (to) => !to.startsWith(`${agent}/`) && !to.startsWith('data:'),
        );
        assert.deepEqual(elsewhere, [], 'requests that left the agent');
        await page.close();
    });
}

function act(verb, fault) {
    const stack = path.join(here, '..', 'stack', 'stack');
    execFileSync(stack, [verb, fault, '--dir', state.dir], { stdio: ['ignore', 'inherit', 'inherit'] });
}

/// Counts what the page fetches from now on.
const updates = (page) => {
    const seen = page.requests.length;
    return () => page.requests.length - seen;
};

with_page(
    'shows the path, the verdict and every probe, and keeps itself up to date quietly',
    async (page) => {
        assert.equal(await page.value(`document.querySelectorAll('.hop').length`), 7);
        assert.match(await page.text('.headline'), /OK/);
        assert.match(await page.value('document.title'), /^OK · Gatewatch/);
        const { probes } = (await statusOf(agent)).gateways[0];
        assert.equal(await page.value(`document.querySelectorAll('.probes .run').length`), probes.length);
        const fetched = updates(page);
        await until('it has fetched itself twice', () => fetched() >= 2);
        assert.equal(await page.value(`document.querySelector('#stale').hidden`), true);
    },
);

with_page(
    'shows a fault and its end by itself, and leaves to the reader what is open and focused',
    async (page) => {
        const row = `.probes [data-key$="-local-polling"]`;
        await page.value(
            `document.querySelector('${row}').open = true; document.querySelector('${row} summary').focus()`,
        );
        const is_left_alone = `document.querySelector('${row}').open &&
        document.activeElement === document.querySelector('${row} summary')`;
        act('break', 'backend-stopped');
        try {
            await page.until(
                'the verdict is shown',
                `document.querySelector('.headline').innerText.includes('backend_down')`,
            );
            assert.match(await page.text('.headline'), /DOWN/);
            assert.match(await page.text('[data-hop=backend]'), /failing/);
            assert.match(await page.value('document.title'), /^DOWN: backend_down/);
            assert.match(await page.text('.verdict pre'), /pm2 restart/);
            assert.ok((await page.value(`document.querySelectorAll('.history .failing').length`)) > 0);
            assert.equal(await page.value(is_left_alone), true);
        } finally {
            act('mend', 'backend-stopped');
        }
        await page.until(
            'it is green again',
            `document.querySelector('[data-hop=backend]').innerText.includes('ok') &&
        document.querySelector('.headline').innerText.includes('OK')`,
        );
        assert.equal(await page.value(is_left_alone), true);
        assert.match(await page.text('.changes'), /backend_down/);
    },
);

with_page(
    'runs the probes at the press of its button, by keyboard too, and then says why not again',
    async (page) => {
        await page.value(`document.querySelector('#run').focus()`);
        await page.press('Enter');
        await page.until(
            'the run is said to have started',
            `/Started|Done/.test(document.querySelector('#said').innerText)`,
        );
        assert.equal(await page.value(`document.querySelector('#run').ariaDisabled`), 'true');
        assert.equal(await page.value(`document.activeElement.id`), 'run');
        await page.until(
            'the button can be pressed again',
            `document.querySelector('#run').ariaDisabled === 'false'`,
        );
        const again = await page.value(
            `fetch('/api/v1/run', { method: 'POST', headers: { 'X-Gatewatch': 'run' } }).then((answer) =>
            [answer.status, answer.headers.get('Retry-After')])`,
        );
        assert.deepEqual(again, [429, '10']);
        page.complaints = page.complaints.filter((complaint) => !complaint.includes('429'));
    },
);

with_page('copies the advice', async (page) => {
    await page.send('Browser.grantPermissions', { origin: agent, permissions: ['clipboardReadWrite'] });
    const wanted = await page.value(`(() => {
        const advice = document.createElement('pre');
        advice.id = 'advice';
        advice.textContent = 'pm2 restart nest-backend';
        const button = document.createElement('button');
        button.dataset.copy = 'advice';
        document.querySelector('footer').append(advice, button);
        button.click();
        return advice.textContent;
    })()`);
    await page.until('it says so', `document.querySelector('footer button').innerText === 'Copied'`);
    assert.equal(await page.value('navigator.clipboard.readText()'), wanted);
});

for (const lang of ['en', 'zh']) {
    with_page(
        `needs no scrolling to the side on a phone, in ${lang}`,
        async (page) => {
            await page.value(open_all);
            assert.equal(await page.value('document.documentElement.scrollWidth'), 360);
        },
        { url: `/?lang=${lang}`, prepare: (page) => page.screen(360, 780) },
    );
}

for (const scheme of ['light', 'dark']) {
    with_page(
        `has enough contrast in ${scheme} colours`,
        async (page) => {
            await page.value(open_all);
            assert.deepEqual(await page.value(contrast), []);
            const paper = await page.value('getComputedStyle(document.documentElement).backgroundColor');
            assert.equal(Number(/\d+/.exec(paper)[0]) < 128, scheme === 'dark', paper);
        },
        { prepare: (page) => page.colours(scheme) },
    );
}

with_page(
    'speaks the language of the browser, and the other one at a click',
    async (page) => {
        assert.equal(await page.value('document.documentElement.lang'), 'zh-Hans');
        assert.match(await page.text('.probes h3'), /探测/);
        await page.value(`document.querySelector('#controls a').click()`);
        await page.until(
            'it is English',
            `document.documentElement?.lang === 'en' && document.readyState === 'complete'`,
        );
        assert.match(await page.text('.probes h3'), /Probes/);
    },
    {
        prepare: (page) =>
            page.send('Network.setExtraHTTPHeaders', {
                headers: { 'Accept-Language': 'zh-CN,zh;q=0.9,en;q=0.8' },
            }),
    },
);

with_page(
    'shows everything without JavaScript, and says that it stands still',
    async (page) => {
        const text = await page.text('body');
        assert.match(text, /does not update itself/);
        assert.match(text, /X-Gatewatch: run/);
        assert.match(text, /public websocket/);
        assert.equal(await page.value(`document.querySelector('#run').getClientRects().length`), 0);
    },
    { prepare: (page) => page.send('Emulation.setScriptExecutionDisabled', { value: true }) },
);

with_page('has landmarks, names and a verdict that a screen reader hears of', async (page) => {
    const { nodes } = await page.send('Accessibility.getFullAXTree');
    const named = (role) =>
        nodes.filter((node) => !node.ignored && node.role?.value === role).map((node) => node.name?.value);
    for (const landmark of ['main', 'banner', 'contentinfo'])
        assert.equal(named(landmark).length, 1, landmark);
    assert.ok(named('button').includes('Run the probes now'));
    assert.ok(
        named('button').every((name) => name),
        'every button has a name',
    );
    assert.ok(named('heading').length >= 6);
    assert.equal(await page.value(`document.querySelector('.headline').getAttribute('role')`), 'status');
    await page.press('Tab');
    assert.equal(await page.value('document.activeElement.className'), 'skip');
});
