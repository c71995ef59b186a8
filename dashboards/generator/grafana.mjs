// The little of Grafana's dashboard model (schema version 38, Grafana 10) that the panels need. Used by service.mjs,
// timing.mjs and agent.mjs to say what is shown, and by generate.mjs to lay it out.

const dataSource = { type: 'prometheus', uid: '${datasource}' };

// Colours only ever repeat what a word says. "No data" is neither good nor bad: it stays grey.
export const colour = { good: 'green', bad: 'red', part: 'orange', plain: 'text', none: '#808080' };

/** Words for values, such as { 1: ['passes', colour.good] }; what is missing reads "no data". */
export function words(table) {
    const options = Object.fromEntries(
        Object.entries(table).map(([value, [text, color]], index) => [value, { text, color, index }]),
    );
    const missing = { text: 'no data 无数据', color: colour.none, index: Object.keys(table).length };
    return [
        { type: 'value', options },
        { type: 'special', options: { match: 'null+nan', result: missing } },
    ];
}

/** One query. `at: 'now'` asks for the present value alone, else for the time range. */
export function query(expr, legend, { at = 'range', format = 'time_series' } = {}) {
    return { expr: expr.replace(/\s+/g, ' ').trim(), legend, at, format };
}

function target(query, index) {
    return {
        refId: String.fromCharCode(65 + index),
        datasource: dataSource,
        editorMode: 'code',
        expr: query.expr,
        legendFormat: query.legend,
        format: query.format,
        instant: query.at === 'now',
        range: query.at !== 'now',
    };
}

function panel(type, title, { description, queries, height, width, needs, defaults = {}, options }) {
    return {
        size: { h: height, w: width },
        needs,
        json: {
            type,
            title,
            description,
            datasource: dataSource,
            targets: queries.map(target),
            fieldConfig: {
                defaults: {
                    noValue: 'no data 无数据',
                    color: { mode: 'thresholds' },
                    thresholds: { mode: 'absolute', steps: [{ color: colour.plain, value: null }] },
                    ...defaults,
                },
                overrides: [],
            },
            options,
        },
    };
}

/** A value of now, in large letters. `show`: Grafana's text mode; `filled`: the colour fills the panel. */
export function stat(title, { show = 'auto', filled = false, mappings = words({}), unit = 'none', ...rest }) {
    return panel('stat', title, {
        height: 5,
        ...rest,
        defaults: {
            unit,
            mappings,
        },
        options: {
            colorMode: filled ? 'background' : 'value',
            graphMode: 'none',
            justifyMode: 'center',
            orientation: 'auto',
            textMode: show,
            reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
        },
    });
}

/** Bars of state over time; each state is written into its bar, and a gap in the data is a gap in the bar. */
export function stateTimeline(title, { mappings, ...rest }) {
    return panel('state-timeline', title, {
        height: 8,
        ...rest,
        defaults: { unit: 'none', mappings, custom: { fillOpacity: 70, lineWidth: 0, spanNulls: false } },
        options: {
            mergeValues: true,
            showValue: 'auto',
            alignValue: 'left',
            rowHeight: 0.9,
            legend: { showLegend: true, displayMode: 'list', placement: 'bottom' },
            tooltip: { mode: 'single', sort: 'none' },
        },
    });
}

/** Lines, or bars with `bars: true`, over time. */
export function timeSeries(title, { unit, bars = false, stack = false, min = 0, ...rest }) {
    return panel('timeseries', title, {
        height: 9,
        ...rest,
        defaults: {
            unit,
            min,
            color: { mode: 'palette-classic' },
            custom: {
                drawStyle: bars ? 'bars' : 'line',
                fillOpacity: bars ? 60 : 10,
                lineWidth: 1,
                pointSize: 4,
                showPoints: 'auto',
                spanNulls: false,
                stacking: { mode: stack ? 'normal' : 'none', group: 'A' },
            },
        },
        options: {
            legend: { showLegend: true, displayMode: 'table', placement: 'bottom', calcs: ['lastNotNull', 'max'] },
            tooltip: { mode: 'multi', sort: 'desc' },
        },
    });
}

/** A heatmap of a Prometheus histogram: its queries sum buckets by `le`. */
export function heatmap(title, { unit, ...rest }) {
    return panel('heatmap', title, {
        height: 9,
        ...rest,
        defaults: { custom: { scaleDistribution: { type: 'linear' } } },
        options: {
            calculate: false,
            yAxis: { unit, axisPlacement: 'left', reverse: false },
            rowsFrame: { layout: 'auto' },
            color: { mode: 'scheme', scheme: 'Blues', scale: 'exponential', exponent: 0.5, steps: 32 },
            cellGap: 1,
            filterValues: { le: 1e-9 },
            legend: { show: true },
            tooltip: { show: true, yHistogram: true },
        },
    });
}

export function dashboard({ title, uid, description, tags, variables, rows }) {
    return {
        title,
        uid,
        description,
        tags,
        schemaVersion: 38,
        version: 1,
        editable: true,
        graphTooltip: 1,
        timezone: 'browser',
        time: { from: 'now-1h', to: 'now' },
        refresh: '30s',
        annotations: { list: [] },
        links: [],
        templating: { list: variables },
        panels: layOut(rows),
    };
}

export function dataSourceVariable() {
    return {
        type: 'datasource',
        name: 'datasource',
        label: 'Prometheus',
        query: 'prometheus',
        regex: '',
        multi: false,
        includeAll: false,
        current: {},
        options: [],
        hide: 0,
        refresh: 1,
    };
}

export function labelVariable(name, label, { metric, of }) {
    return {
        type: 'query',
        name,
        label,
        datasource: dataSource,
        definition: `label_values(${metric}, ${of})`,
        query: { query: `label_values(${metric}, ${of})`, refId: name },
        multi: true,
        includeAll: true,
        allValue: '.*',
        current: { selected: true, text: ['All'], value: ['$__all'] },
        hide: 0,
        refresh: 2,
        sort: 1,
    };
}

const gridWidth = 24;

/** Panels left to right, a new line when one is full, each row under its heading. */
function layOut(rows) {
    const placed = [];
    let y = 0;
    for (const row of rows) {
        const gridPos = { x: 0, y, w: gridWidth, h: 1 };
        placed.push({ type: 'row', title: row.title, collapsed: false, panels: [], gridPos });
        y += 1;
        let x = 0;
        let lineHeight = 0;
        for (const { json, size } of row.panels) {
            if (x + size.w > gridWidth) {
                x = 0;
                y += lineHeight;
                lineHeight = 0;
            }
            placed.push({ ...json, gridPos: { x, y, ...size } });
            x += size.w;
            lineHeight = Math.max(lineHeight, size.h);
        }
        y += lineHeight;
    }
    return placed.map((each, index) => ({ id: index + 1, ...each }));
}
