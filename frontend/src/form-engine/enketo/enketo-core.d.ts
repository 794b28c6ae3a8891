/** The little of enketo-core, which is written without types, that the engine touches. */

declare module "enketo-core/src/js/form" {
    interface ModelNode {
        setVal(value: string | string[], xmlType: string): unknown;
    }
    export class Form {
        constructor(
            element: HTMLFormElement,
            data: { modelStr: string; instanceStr: string | null; submitted: boolean; external: unknown[] },
            options: { language: string; printRelevantOnly: boolean },
        );
        readonly view: { html: HTMLFormElement };
        readonly model: { xml: XMLDocument; node(path: string, index: number): ModelNode };
        readonly input: {
            getName(control: Element): string;
            getIndex(control: Element): number;
            getVal(control: Element): string | string[];
            getXmlType(control: Element): string;
        };
        init(): string[];
        getDataStr(): string;
        validate(): Promise<boolean>;
        validateInput(control: Element): Promise<unknown>;
        goToTarget: (target: Element) => boolean;
        resetView(): Element;
    }
}

declare module "enketo-core/src/js/widget" {
    export default class Widget {
        constructor(element: HTMLInputElement, options?: unknown);
        static get selector(): string;
        static get name(): string;
        element: HTMLInputElement;
        question: HTMLElement;
        get props(): { readonly: boolean; appearances: string[] };
        get originalInputValue(): string;
        set originalInputValue(value: string);
        get value(): string;
        set value(value: string);
        _init(): void;
        update(): void;
        enable(): void;
        disable(): void;
    }
}

declare module "enketo-core/src/widget/*" {
    const widget: unknown;
    export default widget;
}
