// Charts of categories as lines of label, bar and figure. The chart library draws upright bars alone and cuts the
// labels under them off as soon as they are words, on a phone to a letter or two.
// A Dashboard Chart asks for it in its custom options: {"horizontal_bars": 1}. Every other chart is Frappe's own.
frappe.provide("social_crm");

social_crm.HorizontalBars = class HorizontalBars {
    constructor(wrapper, options) {
        this.$wrapper = $(wrapper);
        this.colour = [].concat(options.colors || [])[0] || "var(--primary)";
        this.format = options.tooltipOptions?.formatTooltipY || ((value) => value);
        this.update(options.data);
    }

    update(data) {
        this.data = data;
        this.draw();
    }

    draw() {
        const values = this.data.datasets?.[0]?.values || [];
        const most = Math.max(...values, 0);
        const $list = $(`<div class="social-crm-bars" role="list"></div>`);
        this.data.labels.forEach((label, index) => {
            const value = values[index] || 0;
            const text = $("<div>").html(this.format(value)).text().trim();
            const $line = $(`<div class="social-crm-bar" role="listitem">
                <span class="social-crm-bar-label"></span>
                <span class="social-crm-bar-track"><span class="social-crm-bar-fill"></span></span>
                <span class="social-crm-bar-figure"></span>
            </div>`);
            $line.find(".social-crm-bar-label").text(label);
            $line.find(".social-crm-bar-figure").text(text);
            $line.find(".social-crm-bar-fill").css({
                width: most > 0 ? `${(100 * Math.max(value, 0)) / most}%` : 0,
                background: this.colour,
            });
            $list.append($line);
        });
        this.$wrapper.empty().append($list);
    }
};

const make_chart = frappe.utils.make_chart;

frappe.utils.make_chart = function (wrapper, options = {}) {
    if (options.horizontal_bars && options.data?.labels) {
        return new social_crm.HorizontalBars(wrapper, options);
    }
    return make_chart.call(this, wrapper, options);
};
