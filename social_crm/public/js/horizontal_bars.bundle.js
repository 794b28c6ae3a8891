// Charts of categories as lines of label, bar and figure. The chart library draws upright bars alone and cuts the
// labels under them off as soon as they are words, on a phone to a letter or two.
// A Dashboard Chart asks for it in its custom options: {"horizontal_bars": 1}, a report in the options of its chart, after
// `social_crm.draw_bars_in(report)`. Several sets of figures stand behind each other in one bar. Every other chart is Frappe's own.
frappe.provide("social_crm");

social_crm.HorizontalBars = class HorizontalBars {
    constructor(wrapper, options) {
        this.$wrapper = $(wrapper);
        this.colours = [].concat(options.colors || []);
        this.format = options.tooltipOptions?.formatTooltipY || ((value) => value);
        this.update(options.data);
    }

    update(data) {
        this.data = data;
        this.draw();
    }

    colour(place) {
        return this.colours[place] || "var(--primary)";
    }

    text(value) {
        return $("<div>").html(this.format(value)).text().trim();
    }

    draw() {
        const sets = this.data.datasets || [];
        const sums = this.data.labels.map((_label, index) => sets.reduce((sum, set) => sum + Math.max(set.values[index] || 0, 0), 0));
        const most = Math.max(...sums, 0);
        const $list = $(`<div class="social-crm-bars" role="list"></div>`);
        this.data.labels.forEach((label, index) => {
            const $line = $(`<div class="social-crm-bar" role="listitem">
                <span class="social-crm-bar-label"></span>
                <span class="social-crm-bar-track"></span>
                <span class="social-crm-bar-figure"></span>
            </div>`);
            $line.find(".social-crm-bar-label").text(label);
            // A figure below nothing has no bar, and is written all the same.
            $line.find(".social-crm-bar-figure").text(this.text(sets.length > 1 ? sums[index] : sets[0]?.values[index] || 0));
            sets.forEach((set, place) => {
                const width = most > 0 ? `${(100 * Math.max(set.values[index] || 0, 0)) / most}%` : 0;
                $('<span class="social-crm-bar-fill"></span>')
                    .css({ width, background: this.colour(place) })
                    .attr("title", sets.length > 1 ? `${set.name}: ${this.text(set.values[index] || 0)}` : null)
                    .appendTo($line.find(".social-crm-bar-track"));
            });
            $list.append($line);
        });
        this.$wrapper.empty().append(this.legend(sets), $list);
    }

    legend(sets) {
        if (sets.length < 2) return "";
        const $legend = $('<div class="social-crm-bars-legend"></div>');
        sets.forEach((set, place) => {
            const $name = $('<span><span class="social-crm-bars-colour"></span><span></span></span>').appendTo($legend);
            $name.children().first().css("background", this.colour(place)).next().text(set.name);
        });
        return $legend;
    }
};

// A report draws its chart itself: asked in its `onload`, which comes before the first drawing.
social_crm.draw_bars_in = (report) => {
    const { render_chart } = report;
    report.render_chart = function (options) {
        if (!options.horizontal_bars) return render_chart.call(this, options);
        this.$chart.empty().show();
        this.chart = new social_crm.HorizontalBars(this.$chart[0], options);
    };
};

const make_chart = frappe.utils.make_chart;

frappe.utils.make_chart = function (wrapper, options = {}) {
    if (options.horizontal_bars && options.data?.labels) {
        return new social_crm.HorizontalBars(wrapper, options);
    }
    return make_chart.call(this, wrapper, options);
};
