/** Settings of Enketo: nothing of it reaches out to the network, and nothing reads the address bar. */
export default {
    experimentalOptimizations: { computeAsync: false },
    excludeNonRelevant: true,
    maps: [],
    googleApiKey: "",
    repeatOrdinals: false,
    validateContinuously: false,
    validatePage: false,
    swipePage: false,
    textMaxChars: 20_000,
};
