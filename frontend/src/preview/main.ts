// The form of a template as a telephone shows it, inside the Desk: drawn by the app's own engine, kept nowhere.

import { createApp } from "vue";
import "../styles/base.css";
import "../styles/controls.css";
import "../styles/frame.css";
import "../styles/parts.css";
import "../styles/screens.css";
import PreviewScreen from "./PreviewScreen.vue";

createApp(PreviewScreen).mount("#app");
