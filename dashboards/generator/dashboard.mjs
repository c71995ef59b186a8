// A whole dashboard: what all of them have in common, the variables at the top, rows of panels, marks on the time axis.

import {
    AnnotationQueryBuilder,
    CustomVariableBuilder,
    DashboardBuilder,
    DashboardLinkBuilder,
    DatasourceVariableBuilder,
    QueryVariableBuilder,
    RowBuilder,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { dataSource, oneLine } from './grafana.mjs';
import { everywhere, whileAgentRuns } from './states.mjs';

const all = { selected: true, text: ['All'], value: ['$__all'] };

/** Every value of a label within the time range, and All. */
export function labelVariable(label, heading, selector) {
    const query = `label_values(${selector}, ${label})`;
    const builder = new QueryVariableBuilder(label)
        .label(heading)
        .datasource(dataSource)
        .query({ query, refId: label })
        .multi(true)
        .includeAll(true)
        .allValue('.+')
        .current(all)
        .refresh(2)
        .sort(1);
    return { builder, name: label, needs: everywhere };
}

/** One value of a label of what a query returns now, the first one chosen: `label_values` would offer dead ones too. */
export function oneOf(name, label, heading, expr, description) {
    const query = `query_result(max by (${label}) (${expr}))`;
    const builder = new QueryVariableBuilder(name)
        .label(heading)
        .description(description)
        .datasource(dataSource)
        .query({ query, refId: name })
        .regex(`/${label}="([^"]+)"/`)
        .multi(false)
        .includeAll(false)
        .refresh(2)
        .sort(1);
    return { builder, name, needs: whileAgentRuns };
}

/** A choice of fixed values: [value, text], the first one chosen. */
export function choice(name, heading, values, description) {
    const options = values.map(([value, text], index) => ({ selected: index === 0, text, value }));
    const builder = new CustomVariableBuilder(name)
        .label(heading)
        .description(description)
        .values(values.map(([value, text]) => `${text} : ${value}`).join(', '))
        .options(options)
        .current(options[0])
        .multi(false)
        .includeAll(false);
    return { builder, name };
}

/** The variables of every dashboard: where the data is, whose it is. */
export const common = [
    { builder: new DatasourceVariableBuilder('datasource').label('Data source').type('prometheus') },
    labelVariable('job', 'Job', 'gatewatch_build_info'),
    labelVariable('instance', 'Instance', 'gatewatch_build_info{job=~"$job"}'),
];
export const gateways = labelVariable(
    'gateway',
    'Gateway 网关',
    'gatewatch_diagnosis{job=~"$job", instance=~"$instance"}',
);

/** A mark on the time axis while the query is above zero; with `timeInValue` at the time that it says, in ms. */
export function annotation(name, expr, { text, tags, iconColor, timeInValue = false, needs }) {
    const builder = new AnnotationQueryBuilder()
        .name(name)
        .datasource(dataSource)
        .enable(true)
        .iconColor(iconColor)
        .expr(oneLine(expr));
    const mark = builder.build();
    // What Grafana's Prometheus data source reads beside the expression; the SDK knows only the latter.
    Object.assign(mark, {
        titleFormat: name,
        textFormat: text,
        tagKeys: tags.join(','),
        step: '',
        useValueForTime: timeInValue,
    });
    return { builder: { build: () => mark }, name, needs };
}

function addRows(builder, rows) {
    let id = 0;
    for (const { title, panels, collapsed = false } of rows) {
        const row = new RowBuilder(title).collapsed(collapsed).id((id += 1));
        for (const panel of panels) panel.builder.id((id += 1));
        if (collapsed) panels.forEach((panel) => row.withPanel(panel.builder));
        builder.withRow(row);
        if (!collapsed) panels.forEach((panel) => builder.withPanel(panel.builder));
    }
}

/** Grafana's JSON, and the states in which each query of panels, variables and annotations must return data. */
export function dashboard({ title, uid, description, from, refresh, variables, annotations, rows }) {
    const builder = new DashboardBuilder(title)
        .uid(uid)
        .description(description)
        .tags(['gatewatch'])
        .readonly()
        .tooltip(1)
        .timezone('browser')
        .time({ from, to: 'now' })
        .refresh(refresh)
        .version(1)
        .variables(variables.map((each) => each.builder))
        .annotations(annotations.map((each) => each.builder))
        .link(
            new DashboardLinkBuilder('Gatewatch')
                .type('dashboards')
                .tags(['gatewatch'])
                .icon('external link')
                .includeVars(true)
                .keepTime(false),
        );
    addRows(builder, rows);
    const panels = rows.flatMap((row) => row.panels);
    const named = (list, nameOf) =>
        Object.fromEntries(list.filter(({ needs }) => needs).map((each) => [nameOf(each), each.needs]));
    return {
        json: builder.build(),
        needs: {
            panels: named(panels, (each) => each.builder.build().title),
            variables: named(variables, ({ name }) => name),
            annotations: named(annotations, ({ name }) => name),
        },
    };
}
