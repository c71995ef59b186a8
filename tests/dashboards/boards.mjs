// The dashboards and what they ask: every query of their panels, variables and annotations, with the states in which
// it must return data.

import { readdirSync } from 'node:fs';
import { pathOf, read } from './files.mjs';

const states = JSON.parse(read('states.json'));

function load(file) {
    const text = read(file);
    const json = JSON.parse(text);
    return { file, text, json, needs: states[json.uid] ?? { panels: {}, variables: {}, annotations: {} } };
}

export const boards = readdirSync(pathOf('grafana'))
    .filter((name) => name.endsWith('.json'))
    .map((name) => load(`grafana/${name}`));

/** Everything on the grid: rows, panels, and the panels within collapsed rows. */
export const placed = ({ json }) => json.panels.flatMap((panel) => [panel, ...(panel.panels ?? [])]);
/** The panels that show data: all but the headings of rows. */
export const panelsOf = (board) => placed(board).filter(({ type }) => type !== 'row');
export const variablesOf = ({ json }) => json.templating.list.filter(({ type }) => type === 'query');
/** What a variable asks for: its values are those of `label`, or what `pattern` finds in each series of `result`. */
export function partsOf({ query: { query }, regex }) {
    const [, result] = query.match(/^query_result\((.+)\)$/) ?? [];
    if (result) return { expr: result, result, pattern: new RegExp(regex.slice(1, -1)) };
    const [, selector, label] = query.match(/^label_values\((.+), (\w+)\)$/);
    return { expr: selector, selector, label };
}

/** Every query of panels and annotations. */
export function queriesOf(board) {
    const name = board.json.uid;
    const ofPanels = panelsOf(board).flatMap(({ title, targets }) =>
        targets.map(({ refId, expr, instant, legendFormat = '' }) => ({
            where: `${name}: panel "${title}" ${refId}`,
            expr,
            instant,
            legend: legendFormat,
            needs: board.needs.panels[title]?.[refId],
        })),
    );
    const ofAnnotations = board.json.annotations.list.map(({ name: title, expr, textFormat }) => ({
        where: `${name}: annotation "${title}"`,
        expr,
        instant: false,
        legend: textFormat,
        needs: board.needs.annotations[title],
    }));
    return [...ofPanels, ...ofAnnotations];
}

/** Metrics and label names in use, as [where, expression]. */
export const boardExpressions = () =>
    boards.flatMap((board) => [
        ...queriesOf(board).map(({ where, expr }) => [where, expr]),
        ...variablesOf(board).map((each) => [
            `${board.json.uid}: variable ${each.name}`,
            partsOf(each).expr,
        ]),
    ]);
