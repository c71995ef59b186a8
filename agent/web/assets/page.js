// Keeps the page up to date by fetching it again, shows times in the browser's zone, and asks for a run.
// Its words come from the attributes of <body>, its state stands in the DOM: what the reader has opened, selected
// or focused stays as it is.
(() => {
    'use strict';
    const interval = 3000;
    const patience = 5000;
    const too_old = 12000;
    const words = document.body.dataset;
    const element = (id) => document.getElementById(id);
    const icon = document.querySelector('link[rel=icon]');

    let answered = performance.now();
    let failed = false;
    let state_of = document.querySelector('#freshness time').dateTime;
    let title = document.title;
    let icon_of_state = icon.href;
    let wait_until = 0;

    const fill = (text, ...values) => values.reduce((filled, value) => filled.replace('{}', value), text);
    const two = (number) => String(number).padStart(2, '0');

    function clock(iso) {
        const date = new Date(iso);
        const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':');
        if (date.toDateString() === new Date().toDateString()) return time;
        return `${two(date.getMonth() + 1)}-${two(date.getDate())} ${time}`;
    }

    function zone() {
        const minutes = -new Date().getTimezoneOffset();
        const size = Math.abs(minutes);
        return `UTC${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
    }

    function localize(within) {
        for (const time of within.querySelectorAll('main time')) {
            time.title = time.dateTime;
            time.textContent = clock(time.dateTime);
        }
    }

    const key_of = (node) => node.dataset?.key;
    const is_alike = (a, b) => a.nodeName === b.nodeName && key_of(a) === key_of(b);

    /// Takes the node away and gives the next one.
    function without(node) {
        const next = node.nextSibling;
        node.remove();
        return next;
    }

    function morph_attributes(from, to) {
        const is_reader_s = (name) => name === 'open' && from.nodeName === 'DETAILS';
        for (const { name } of [...from.attributes]) {
            if (!to.hasAttribute(name) && !is_reader_s(name)) from.removeAttribute(name);
        }
        for (const { name, value } of to.attributes) {
            if (from.getAttribute(name) !== value && !is_reader_s(name)) from.setAttribute(name, value);
        }
    }

    // Makes `from` look like `to`. Elements with a key are known again wherever they stand; none is moved that can
    // stay, since moving takes the focus away.
    function morph(from, to) {
        if (from.nodeType !== Node.ELEMENT_NODE) {
            if (from.data !== to.data) from.data = to.data;
            return;
        }
        morph_attributes(from, to);
        const wanted_keys = new Set([...to.children].map(key_of));
        for (const child of [...from.children]) {
            if (key_of(child) && !wanted_keys.has(key_of(child))) child.remove();
        }
        const known = new Map([...from.children].filter(key_of).map((child) => [key_of(child), child]));
        let at = from.firstChild;
        for (const wanted of [...to.childNodes]) {
            const have = known.get(key_of(wanted)) ?? (at && is_alike(at, wanted) ? at : null);
            if (!have) {
                from.insertBefore(document.importNode(wanted, true), at);
                continue;
            }
            while (key_of(have) && at && at !== have && !key_of(at)) at = without(at);
            if (have === at) at = at.nextSibling;
            else from.insertBefore(have, at);
            morph(have, wanted);
        }
        while (at) at = without(at);
    }

    function take(next) {
        if (next.body.dataset.version !== words.version) {
            location.reload();
            return;
        }
        localize(next);
        morph(document.querySelector('main'), next.querySelector('main'));
        if (words.running === 'yes' && next.body.dataset.running === 'no') say(words.run_done);
        words.running = next.body.dataset.running;
        state_of = next.querySelector('#freshness time').dateTime;
        title = next.title;
        icon_of_state = next.querySelector('link[rel=icon]').href;
        answered = performance.now();
    }

    // Nothing that is old may look new: the words say so, the ages go, the colours go.
    function show_freshness() {
        const age = performance.now() - answered;
        const is_stale = failed || age > too_old;
        const banner = element('stale');
        element('freshness').textContent = fill(words.updated, Math.round(age / 1000));
        document.body.classList.toggle('stale', is_stale);
        if (banner.hidden === is_stale) {
            banner.hidden = !is_stale;
            banner.textContent = is_stale ? fill(words.stale, clock(state_of)) : '';
        }
        document.title = is_stale ? `${words.stale_title} · ${title}` : title;
        icon.href = is_stale ? 'data:,' : icon_of_state;
        show_button();
    }

    async function update() {
        try {
            const page = await fetch(location.pathname + location.search, {
                cache: 'no-store',
                signal: AbortSignal.timeout(patience),
            });
            const next = new DOMParser().parseFromString(await page.text(), 'text/html');
            failed = !page.ok || !next.querySelector('main#verdicts');
            if (!failed) take(next);
        } catch {
            failed = true;
        }
        show_freshness();
    }

    async function keep_updating() {
        await update();
        setTimeout(keep_updating, interval);
    }

    function say(text) {
        element('said').textContent = text;
    }

    // Not `disabled`, which would take the focus from a keyboard.
    function show_button() {
        const is_running = words.running === 'yes';
        const is_off = is_running || performance.now() < wait_until;
        element('run').setAttribute('aria-disabled', String(is_off));
        element('run').textContent = is_running ? words.run_running : words.run;
    }

    async function run() {
        if (element('run').getAttribute('aria-disabled') === 'true') return;
        wait_until = performance.now() + patience;
        show_button();
        say(words.run_asking);
        try {
            const answer = await fetch('/api/v1/run', {
                method: 'POST',
                headers: { 'X-Gatewatch': 'run' },
                signal: AbortSignal.timeout(patience),
            });
            const seconds = Number(answer.headers.get('Retry-After'));
            wait_until = performance.now() + 1000 * (answer.status === 202 ? 2 : seconds);
            if (answer.status === 202) say(words.run_started);
            else if (answer.status === 429) say(fill(words.run_later, seconds));
            else say(fill(words.run_refused, (await answer.text()).trim()));
        } catch {
            wait_until = 0;
            say(words.run_unreachable);
        }
        await update();
    }

    document.addEventListener('click', (event) => {
        if (event.target.closest('button')?.id === 'run') run();
    });
    document.addEventListener('visibilitychange', () => document.hidden || update());
    element('zone').textContent = fill(words.times_local, zone());
    localize(document);
    setInterval(show_freshness, 1000);
    setTimeout(keep_updating, interval);
    show_freshness();
})();
