// The dashboards against Grafana's own types (`@grafana/schema`): each is compiled as a literal of its type, so a key
// that Grafana does not know, a value of another kind and a missing one are all found. Panels are checked with the
// options and field settings of their kind, queries with those of Prometheus.

import { boards } from './boards.mjs';
import { pathOf } from './files.mjs';
import { require } from './packages.mjs';

const ts = require('typescript');

const raw = '@grafana/schema/dist/esm/raw/composable';
// Enums are names in TypeScript and their values in JSON: `Plain` takes the values.
const types = `
import type { Dashboard, Panel, RowPanel, FieldConfig, DataSourceRef, AnnotationQuery, VariableModel } from '@grafana/schema';
import type { PrometheusDataQuery } from '${raw}/prometheus/dataquery/x/PrometheusDataQuery_types.gen';
import type * as stat from '${raw}/stat/panelcfg/x/StatPanelCfg_types.gen';
import type * as timeline from '${raw}/statetimeline/panelcfg/x/StateTimelinePanelCfg_types.gen';
import type * as timeseries from '${raw}/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen';
import type * as heatmap from '${raw}/heatmap/panelcfg/x/HeatmapPanelCfg_types.gen';
import type * as table from '${raw}/table/panelcfg/x/TablePanelCfg_types.gen';

type Plain<T> = T extends string ? \`\${T}\`
    : T extends number | boolean | null | undefined ? T
    : T extends Array<infer Each> ? Array<Plain<Each>>
    : T extends object ? { [Key in keyof T]: Plain<T[Key]> } : T;

type Link = { title: string; url: string; targetBlank?: boolean };
type Override =
    | { id: 'unit'; value: string } | { id: 'decimals'; value: number }
    | { id: 'mappings'; value: NonNullable<FieldConfig['mappings']> }
    | { id: 'custom.cellOptions'; value: table.FieldConfig['cellOptions'] } | { id: 'links'; value: Link[] };
type Transformation =
    | { id: 'merge'; options: {} }
    | { id: 'organize'; options: {
          excludeByName: Record<string, boolean>; indexByName: Record<string, number>;
          renameByName: Record<string, string> } };

interface Of<Kind extends string, Options, Custom> extends
    Omit<Panel, 'type' | 'options' | 'fieldConfig' | 'targets' | 'transformations' | 'datasource'> {
    type: Kind;
    options: Options;
    datasource: DataSourceRef;
    targets: Array<Omit<PrometheusDataQuery, 'datasource'> & { datasource: DataSourceRef }>;
    transformations?: Transformation[];
    fieldConfig: {
        defaults: Omit<FieldConfig, 'custom'> & { custom?: Custom };
        overrides: Array<{ matcher: { id: 'byName'; options: string }; properties: Override[] }>;
    };
}
type Known =
    | Of<'stat', stat.Options, never>
    | Of<'state-timeline', timeline.Options, timeline.FieldConfig>
    | Of<'timeseries', timeseries.Options, timeseries.FieldConfig>
    | Of<'heatmap', heatmap.Options, heatmap.FieldConfig>
    | Of<'table', table.Options, table.FieldConfig>;

// What Grafana's Prometheus data source adds to annotations, and what the SDK writes beside the schema of variables.
type Mark = Omit<AnnotationQuery, 'datasource' | 'target'> & { datasource: DataSourceRef; expr: string; step: string;
    titleFormat: string; textFormat: string; tagKeys: string; useValueForTime: boolean };
type Variable = VariableModel & { auto?: boolean; auto_min?: string; auto_count?: number };

export type Board = Plain<Omit<Dashboard, 'panels' | 'annotations' | 'templating'> & {
    panels: Array<Known | (Omit<RowPanel, 'panels'> & { panels: Known[] })>;
    annotations: { list: Mark[] };
    templating: { list: Variable[] };
}>;
`;

const literal = (json) =>
    `import type { Board } from './types';\nexport const board: Board = ${JSON.stringify(json)};\n`;

/** A copy with one thing changed, which the types must not let pass. */
function spoilt(json, change) {
    const copy = structuredClone(json);
    change(copy, (type) => copy.panels.find((panel) => panel.type === type));
    return copy;
}
const spoilers = {
    'an unknown key': (json) => (json.colour = 'red'),
    'a graphTooltip of 7': (json) => (json.graphTooltip = 7),
    'a number as unit': (_, panel) => (panel('stat').fieldConfig.defaults.unit = 5),
    'an unknown option': (_, panel) => (panel('stat').options.colour = 'red'),
    'an unknown draw style': (_, panel) =>
        (panel('timeseries').fieldConfig.defaults.custom.drawStyle = 'dots'),
    'an unknown kind of panel': (_, panel) => (panel('table').type = 'grid'),
    'an unknown format of a query': (_, panel) => (panel('table').targets[0].format = 'csv'),
    'a missing grid width': (_, panel) => delete panel('stat').gridPos.w,
};

/** What TypeScript says of virtual files in dashboards/, as [file, message]. */
function compile(files) {
    const full = new Map(Object.entries(files).map(([name, text]) => [pathOf(`${name}.ts`), { name, text }]));
    const options = {
        strict: true,
        noEmit: true,
        skipLibCheck: true,
        types: [],
        target: ts.ScriptTarget.ES2022,
        module: ts.ModuleKind.ESNext,
        moduleResolution: ts.ModuleResolutionKind.Bundler,
    };
    const host = ts.createCompilerHost(options);
    const { fileExists, readFile, getSourceFile } = host;
    host.fileExists = (file) => full.has(file) || fileExists(file);
    host.readFile = (file) => full.get(file)?.text ?? readFile(file);
    host.getSourceFile = (file, version, ...rest) =>
        full.has(file)
            ? ts.createSourceFile(file, full.get(file).text, version)
            : getSourceFile(file, version, ...rest);
    const program = ts.createProgram([...full.keys()], options, host);
    return ts
        .getPreEmitDiagnostics(program)
        .map(({ file, messageText }) => [
            full.get(file?.fileName)?.name ?? file?.fileName,
            ts.flattenDiagnosticMessageText(messageText, '\n  '),
        ]);
}

export function checkSchema() {
    const incident = boards.find(({ json }) => json.uid === 'gatewatch-incident').json;
    const bad = Object.entries(spoilers).map(([what, change], index) => [
        `spoilt-${index}`,
        what,
        spoilt(incident, change),
    ]);
    const said = compile({
        types,
        ...Object.fromEntries(boards.map(({ json }) => [json.uid, literal(json)])),
        ...Object.fromEntries(bad.map(([name, , json]) => [name, literal(json)])),
    });
    const complaints = (name) => said.filter(([file]) => file === name);
    return [
        ...said
            .filter(([file]) => !bad.some(([name]) => name === file))
            .map(([file, message]) => `${file} is not what @grafana/schema describes: ${message}`),
        ...bad
            .filter(([name]) => complaints(name).length === 0)
            .map(([, what]) => `the check against @grafana/schema lets ${what} pass`),
    ];
}
