document.body.textContent = "";
export {};
