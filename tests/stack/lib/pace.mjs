// The alert rules and the Alertmanager example, made quicker by one common factor: every duration in them is
// divided by it, so that a page takes seconds where it takes minutes, and in the same order.
import { milliseconds } from './layout.mjs';

const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

function divide(duration, pace) {
    const parts = [...duration.matchAll(/(\d+)(ms|s|m|h|d|w)/g)];
    const whole = parts.reduce((sum, [, number, unit]) => sum + Number(number) * units[unit], 0);
    return `${Math.max(1, Math.round(whole / pace))}ms`;
}

// In ranges, subqueries and offsets, and in the keys of the rules that hold a duration.
export function quickRules(text, pace) {
    return text
        .replace(/\[([\dmshdw]+)(?::([\dmshdw]*))?\]/g, (whole, range, step) => {
            const wanted = divide(range, pace);
            return step === undefined ? `[${wanted}]` : `[${wanted}:${step && divide(step, pace)}]`;
        })
        .replace(/\boffset (\d[\dmshdw]*)/g, (whole, duration) => `offset ${divide(duration, pace)}`)
        .replace(
            /^(\s*(?:- )?(?:for|keep_firing_for|interval): )(\d[\dmshdw]*)\s*$/gm,
            (whole, key, duration) => `${key}${divide(duration, pace)}`,
        );
}

// The routes and inhibitions as they stand, every receiver a webhook of the pager, which is told its name.
export function quickAlertmanager(text, pace, pager) {
    const block = (key) => new RegExp(`^${key}:.*\\n(?:[ \\t#-].*\\n|\\n)*`, 'm');
    const receivers = block('receivers').exec(text)?.[0] ?? '';
    const webhooks = receivers
        .split(/^(?= *- name: )/m)
        .slice(1)
        .map((receiver) => {
            const name = /name: ['"]?([^'"\s#]+)/.exec(receiver)[1];
            const own = `  - name: ${name}\n`;
            if (!receiver.includes('_configs:')) return own; // it is there to send nothing
            return `${own}    webhook_configs:\n      - url: ${pager}/${encodeURIComponent(name)}\n`;
        });
    return text
        .replace(block('global'), '')
        .replace(block('templates'), '')
        .replace(block('receivers'), `receivers:\n${webhooks.join('')}`)
        .replace(
            /^(\s*(?:- )?(?:group_wait|group_interval|repeat_interval): )(\d[\dmshdw]*)/gm,
            (whole, key, duration) => `${key}${divide(duration, pace)}`,
        );
}

// 15 s between scrapes is what the rules are written for.
export const scrapeInterval = (pace) => `${Math.round(milliseconds('15s') / pace)}ms`;
