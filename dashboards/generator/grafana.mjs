// Panels as the dashboards need them, built with Grafana's own SDK. Used by the parts of each dashboard to say what
// is shown; dashboard.mjs lays it out. A panel here is { json, needs }: what Grafana gets, and for each query the
// states of the deployment in which it must return data.

import * as common from '@grafana/grafana-foundation-sdk/common';
import { FieldColorBuilder, ThresholdsConfigBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import * as heatmaps from '@grafana/grafana-foundation-sdk/heatmap';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as StateTimelineBuilder } from '@grafana/grafana-foundation-sdk/statetimeline';
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as TimeSeriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { whileAgentRuns } from './states.mjs';
import { colour, noData, words } from './words.mjs';

export const dataSource = { type: 'prometheus', uid: '${datasource}' };
export const oneLine = (text) => text.replace(/\s+/g, ' ').trim();

/**
 * One query. `at: 'now'` asks for the present value alone, else for the time range. `needs`: the states of the
 * deployment in which it has data; `values`: of some of them, what its values are there, see states.mjs.
 */
export function query(
    expr,
    legend,
    { at = 'range', format = 'time_series', needs = whileAgentRuns, values } = {},
) {
    return { expr: oneLine(expr), legend, at, format, needs: values ? { ...needs, values } : needs };
}

/** One query whose series are the lines of a table. */
export const rows = (expr, rest) => query(expr, undefined, { at: 'now', format: 'table', ...rest });

const letter = (index) => String.fromCharCode(65 + index);

function target({ expr, legend, at, format }, index) {
    const builder = new DataqueryBuilder()
        .refId(letter(index))
        .datasource(dataSource)
        .editorMode('code')
        .expr(expr)
        .format(format);
    if (legend) builder.legendFormat(legend);
    return at === 'now' ? builder.instant() : builder.range();
}

function panel(builder, title, { description, queries, height, width, unit, mappings }) {
    builder
        .title(title)
        .description(description)
        .datasource(dataSource)
        .height(height)
        .span(width)
        .targets(queries.map(target))
        .noValue(noData)
        .thresholds(
            new ThresholdsConfigBuilder().mode('absolute').steps([{ value: null, color: colour.plain }]),
        );
    if (unit) builder.unit(unit);
    if (mappings) builder.mappings(mappings);
    return {
        builder,
        needs: Object.fromEntries(queries.map(({ needs }, index) => [letter(index), needs])),
    };
}

const colourBy = (mode) => new FieldColorBuilder().mode(mode);
const legend = (mode, calcs = []) =>
    new common.VizLegendOptionsBuilder().showLegend(true).displayMode(mode).placement('bottom').calcs(calcs);
const tooltip = (mode, sort) => new common.VizTooltipOptionsBuilder().mode(mode).sort(sort);

/** A value of now, in large letters. `show`: Grafana's text mode; `filled`: the colour fills the panel. */
export function stat(title, { show = 'auto', filled = false, decimals, ...rest }) {
    const builder = new StatBuilder()
        .colorScheme(colourBy('thresholds'))
        .colorMode(filled ? 'background' : 'value')
        .graphMode('none')
        .justifyMode('center')
        .orientation('auto')
        .textMode(show)
        .reduceOptions(new common.ReduceDataOptionsBuilder().calcs(['lastNotNull']).fields('').values(false));
    if (decimals !== undefined) builder.decimals(decimals);
    return panel(builder, title, { height: 5, unit: 'none', mappings: words({}), ...rest });
}

/** Bars of state over time; each state is written into its bar, and a gap in the data is a gap in the bar. */
export function stateTimeline(title, { ...rest }) {
    const builder = new StateTimelineBuilder()
        // Not by thresholds: bars that are merged would show the threshold that their value passes, for all states
        // the same one, in place of the word and colour that it is mapped to (grafana/grafana#71804).
        .colorScheme(colourBy('fixed').fixedColor(colour.plain))
        .fillOpacity(70)
        .lineWidth(0)
        .mergeValues(true)
        .showValue('auto')
        .alignValue('left')
        .rowHeight(0.9)
        .legend(legend('list'))
        .tooltip(tooltip('single', 'none'));
    return panel(builder, title, { height: 8, unit: 'none', ...rest });
}

/** Lines, or bars with `bars: true`, over time. `lowest: null`: the axis may go below zero. */
export function timeSeries(title, { bars = false, stack = false, lowest = 0, step, ...rest }) {
    const builder = new TimeSeriesBuilder()
        .colorScheme(colourBy('palette-classic'))
        .drawStyle(bars ? 'bars' : 'line')
        .fillOpacity(bars ? 60 : 10)
        .lineWidth(1)
        .pointSize(4)
        .showPoints('auto')
        .spanNulls(false)
        .stacking(new common.StackingConfigBuilder().mode(stack ? 'normal' : 'none').group('A'))
        .legend(legend('table', ['lastNotNull', 'max']))
        .tooltip(tooltip('multi', 'desc'));
    if (lowest !== null) builder.min(lowest);
    if (step) builder.interval(step);
    return panel(builder, title, { height: 9, ...rest });
}

/** A heatmap of a Prometheus histogram: its query sums buckets by `le`. Each cell has its number written in it. */
export function heatmap(title, { unit, ...rest }) {
    const builder = new heatmaps.PanelBuilder()
        .calculate(false)
        .yAxis(new heatmaps.YAxisConfigBuilder().unit(unit).axisPlacement('left').reverse(false))
        .rowsFrame(new heatmaps.RowsHeatmapOptionsBuilder().layout('auto'))
        .color(
            new heatmaps.HeatmapColorOptionsBuilder()
                .mode('scheme')
                .scheme('Blues')
                .fill('dark-blue')
                .scale('exponential')
                .exponent(0.5)
                .steps(32)
                .reverse(false),
        )
        .cellGap(1)
        .showValue('auto')
        .filterValues(new heatmaps.FilterValueRangeBuilder().le(1e-9))
        .showLegend()
        .mode('single')
        .showYHistogram()
        .scaleDistribution(new common.ScaleDistributionConfigBuilder().type('linear'));
    return panel(builder, title, { height: 9, ...rest });
}

/**
 * A table of what its queries return now, joined where they share labels. `columns`: for each field its heading and,
 * where they differ from a plain word, `unit`, `decimals`, `mappings`, `link`; times and values not named are left out.
 */
export function table(title, { columns, sortBy, ...rest }) {
    const values = rest.queries.map((_, index, { length }) =>
        length > 1 ? `Value #${letter(index)}` : 'Value',
    );
    const leftOut = ['Time', ...values].filter((name) => !(name in columns));
    const builder = new TableBuilder()
        .colorScheme(colourBy('thresholds'))
        .cellHeight('sm')
        .showHeader(true)
        .align('auto')
        .cellOptions({ type: 'auto' })
        .transformations([
            { id: 'merge', options: {} },
            {
                id: 'organize',
                options: {
                    excludeByName: Object.fromEntries(leftOut.map((name) => [name, true])),
                    indexByName: Object.fromEntries(Object.keys(columns).map((name, index) => [name, index])),
                    renameByName: Object.fromEntries(
                        Object.entries(columns).map(([name, { heading }]) => [name, heading]),
                    ),
                },
            },
        ])
        .sortBy(
            sortBy.map((name) => new common.TableSortByFieldStateBuilder().displayName(name).desc(false)),
        );
    for (const { heading, unit, mappings, link, decimals } of Object.values(columns)) {
        const properties = [];
        if (unit) properties.push({ id: 'unit', value: unit });
        if (decimals !== undefined) properties.push({ id: 'decimals', value: decimals });
        if (mappings) {
            properties.push({ id: 'mappings', value: mappings });
            properties.push({ id: 'custom.cellOptions', value: { type: 'color-text' } });
        }
        if (link) properties.push({ id: 'links', value: [{ targetBlank: true, ...link }] });
        if (properties.length > 0) builder.overrideByName(heading, properties);
    }
    return panel(builder, title, { height: 8, unit: 'none', mappings: words({}), ...rest });
}
