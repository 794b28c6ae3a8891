import { ref } from "vue";

export const TEXT_SIZES = ["normal", "large", "larger"] as const;
export type TextSize = (typeof TEXT_SIZES)[number];
const KEY = "campo-text";

function kept(): TextSize {
    try {
        const value = localStorage.getItem(KEY) as TextSize;
        return TEXT_SIZES.includes(value) ? value : "normal";
    } catch {
        return "normal";
    }
}

export const textSize = ref<TextSize>(kept());

export function applyTextSize(size: TextSize = textSize.value): void {
    textSize.value = size;
    document.documentElement.dataset.text = size;
    try {
        localStorage.setItem(KEY, size);
    } catch {
        // Shown until the browser is closed.
    }
}
