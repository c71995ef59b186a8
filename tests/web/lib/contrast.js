// Run inside the page: the texts whose contrast with what is behind them is below 4.5 (WCAG 2.2, 1.4.3), as words.
(() => {
    const channels = (colour) => colour.match(/[\d.]+/g).map(Number);
    const linear = (value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
    const luminance = ([r, g, b]) =>
        0.2126 * linear(r / 255) + 0.7152 * linear(g / 255) + 0.0722 * linear(b / 255);
    function behind(element) {
        for (let at = element; at; at = at.parentElement) {
            const colour = channels(getComputedStyle(at).backgroundColor);
            if (colour[3] !== 0) return colour;
        }
        return [255, 255, 255];
    }
    const has_text = (element) =>
        [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
    const poor = [];
    for (const element of document.querySelectorAll('body *')) {
        if (!has_text(element) || !element.getClientRects().length || /SCRIPT|STYLE/.test(element.nodeName))
            continue;
        const [a, b] = [
            luminance(channels(getComputedStyle(element).color)),
            luminance(behind(element)),
        ].sort((x, y) => y - x);
        const ratio = (a + 0.05) / (b + 0.05);
        if (ratio < 4.5)
            poor.push(`${element.nodeName}.${element.className} ${ratio.toFixed(2)}: ${element.innerText}`);
    }
    return poor;
})();
