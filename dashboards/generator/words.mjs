// Words for values. Colours only ever repeat what a word says; "no data" is neither good nor bad: it stays grey.

export const colour = {
    good: 'green',
    bad: 'red',
    part: 'orange',
    aside: 'blue', // not about the gateway
    plain: 'text',
    none: '#808080',
};
export const noData = 'no data 无数据';

/** Words for values, such as { 1: ['passes', colour.good] }; what is missing reads "no data". */
export function words(table) {
    const options = Object.fromEntries(
        Object.entries(table).map(([value, [text, color]], index) => [value, { text, color, index }]),
    );
    const missing = { text: noData, color: colour.none, index: Object.keys(table).length };
    const nothing = { type: 'special', options: { match: 'null+nan', result: missing } };
    return Object.keys(table).length === 0 ? [nothing] : [{ type: 'value', options }, nothing];
}

export const routeWords = words({
    2: ['connects 可连接', colour.good],
    1: ['in part 部分可用', colour.part],
    0: ['down 不可连接', colour.bad],
});
export const verdictWords = words({
    0: ['healthy 正常', colour.good],
    1: ['undecided 未能判断', colour.part],
    2: ['fault 故障', colour.bad],
    3: ['probe itself 探测自身', colour.aside],
});
/** For a line that each cause has of its own: where it has no data another cause was named. */
export const verdictBars = verdictWords.filter(({ type }) => type === 'value');
