// What the vendor's library imports as "WebSdk": its script has put itself on the window by then.
export {};
