/** A question with two answers, asked in the page itself: no browser pop-up that a tablet may suppress. */
export function askYesNo(question: string, yes: string, no: string, look: "danger" | "main" = "danger"): Promise<boolean> {
    const before = document.activeElement;
    const dialog = document.createElement("dialog");
    dialog.className = "ask";
    dialog.setAttribute("aria-labelledby", "ask-title");
    const title = document.createElement("h2");
    title.id = "ask-title";
    title.textContent = question;
    const actions = document.createElement("div");
    actions.className = "ask-actions";
    const button = (label: string, style: string, answer: string): void => {
        const made = document.createElement("button");
        made.type = "button";
        made.className = `button ${style}`;
        made.textContent = label;
        made.addEventListener("click", () => dialog.close(answer));
        actions.append(made);
    };
    button(no, "button-quiet", "no");
    button(yes, `button-${look}`, "yes");
    dialog.append(title, actions);
    document.body.append(dialog);
    dialog.showModal();
    return new Promise((resolve) => {
        dialog.addEventListener("close", () => {
            dialog.remove();
            if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
            resolve(dialog.returnValue === "yes");
        });
    });
}
