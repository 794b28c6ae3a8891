// Dates, times and sizes as people read them.

import { locale, t } from "./index";

/** Today as an ISO day on the device's own calendar. */
export function isoDay(date: Date = new Date()): string {
    const part = (value: number) => String(value).padStart(2, "0");
    return `${date.getFullYear()}-${part(date.getMonth() + 1)}-${part(date.getDate())}`;
}

/** The ISO day some days later; months count as calendar months. */
export function addDays(day: string, days: number): string {
    const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
    return isoDay(new Date(year, month - 1, date + days));
}

export function isoTime(date: Date = new Date()): string {
    return date.toTimeString().slice(0, 8);
}

/** "22 nov 2026"; an ISO day is read as that day wherever the phone is. */
export function dayText(day: string | null | undefined): string {
    if (!day) return "";
    const [year, month, date] = day.slice(0, 10).split("-").map(Number);
    if (!year || !month || !date) return day;
    return new Date(year, month - 1, date).toLocaleDateString(locale(), { day: "numeric", month: "short", year: "numeric" });
}

export function longToday(): string {
    const text = new Date().toLocaleDateString(locale(), { weekday: "long", day: "numeric", month: "long" });
    return text.charAt(0).toUpperCase() + text.slice(1);
}

export function timeText(time: number): string {
    return new Date(time).toLocaleTimeString(locale(), { hour: "2-digit", minute: "2-digit" });
}

/** When something happened or is to happen, as one says it. */
export function whenText(time: number, now: number = Date.now()): string {
    if (Math.abs(now - time) < 60_000) return t(time > now ? "when.soon" : "when.now");
    const day = isoDay(new Date(time));
    if (day === isoDay(new Date(now))) return t("when.today", { time: timeText(time) });
    if (day === addDays(isoDay(new Date(now)), -1)) return t("when.yesterday", { time: timeText(time) });
    return t("when.date", { date: dayText(day), time: timeText(time) });
}

/** Whole years between two ISO days; null when they are not known or the second lies before the first. */
export function ageOn(birth: string | null | undefined, day: string): number | null {
    if (!birth) return null;
    const years = Number(day.slice(0, 4)) - Number(birth.slice(0, 4)) - (day.slice(5, 10) < birth.slice(5, 10) ? 1 : 0);
    return Number.isFinite(years) && years >= 0 ? years : null;
}

export function sizeText(bytes: number): string {
    const units = ["B", "kB", "MB", "GB"];
    let value = bytes;
    let unit = 0;
    while (value >= 1000 && unit < units.length - 1) {
        value /= 1000;
        unit += 1;
    }
    return `${value.toLocaleString(locale(), { maximumFractionDigits: value < 10 && unit > 0 ? 1 : 0 })} ${units[unit]}`;
}
