// Copies a block with its button. Its words come from the attributes of <body>; without it there are no buttons.
(() => {
    'use strict';
    const words = document.body.dataset;

    // The clipboard is only there over HTTPS and on localhost; elsewhere the selection is copied, or stays for it.
    async function copy(button) {
        const source = document.getElementById(button.dataset.copy);
        let is_done = true;
        try {
            await navigator.clipboard.writeText(source.textContent);
        } catch {
            getSelection().selectAllChildren(source);
            is_done = document.execCommand('copy');
        }
        button.textContent = is_done ? words.copied : words.copy_failed;
    }

    document.addEventListener('click', (event) => {
        const button = event.target.closest('button');
        if (button?.dataset.copy) copy(button);
    });
    document.documentElement.classList.add('live');
})();
