import columns from "enketo-core/src/widget/columns/columns";
import autocomplete from "enketo-core/src/widget/select-autocomplete/autocomplete";
import likert from "enketo-core/src/widget/select-likert/likertitem";
import radio from "enketo-core/src/widget/radio/radiopicker";
import range from "enketo-core/src/widget/range/range-widget";
import decimal from "enketo-core/src/widget/number-input/decimal-input";
import integer from "enketo-core/src/widget/number-input/integer-input";
import selectMedia from "enketo-core/src/widget/select-media/select-media";
import textarea from "enketo-core/src/widget/textarea/textarea";
import thousands from "enketo-core/src/widget/thousands-sep/thousands-sep";
import { AudioField } from "./widgets/audio";
import { FileField } from "./widgets/file";
import { PhotoField } from "./widgets/photo";
import { PlaceField } from "./widgets/place";
import { SignatureField } from "./widgets/signature";

/** Enketo's widgets that work with no network and a finger, and our own for files, drawings and places. */
export default [
    columns,
    autocomplete,
    likert,
    radio,
    range,
    decimal,
    integer,
    selectMedia,
    textarea,
    thousands,
    PhotoField,
    SignatureField,
    AudioField,
    FileField,
    PlaceField,
];
