// The text of /metrics in Prometheus's format, as data: used by the tests of the agent and of the dashboards.

function parseLabels(text) {
    const labels = {};
    for (const [, name, value] of text.matchAll(/([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g)) labels[name] = value;
    return labels;
}

/// The type of each family, by its name, and every sample as { name, labels, value }.
export function parseExposition(text) {
    const types = new Map();
    const samples = [];
    for (const line of text.split('\n')) {
        const type = /^# TYPE (\S+) (\S+)$/.exec(line);
        if (type) types.set(type[1], type[2]);
        const sample = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line);
        if (sample)
            samples.push({ name: sample[1], labels: parseLabels(sample[2] ?? ''), value: Number(sample[3]) });
    }
    return { types, samples };
}
