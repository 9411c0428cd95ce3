// The page of the API: Swagger UI on our schema. What somebody tries out is sent as the person who is signed in.
(() => {
  const dress = () => document.documentElement.classList.toggle("dark-mode", document.documentElement.dataset.bsTheme === "dark");
  dress();
  document.addEventListener("desk:theme", dress);
  const place = document.getElementById("api");
  window.SwaggerUIBundle({
    url: place.dataset.schema,
    domNode: place,
    presets: [window.SwaggerUIBundle.presets.apis],
    layout: "BaseLayout",
    deepLinking: true,
    tryItOutEnabled: true,
    requestInterceptor: (request) => {
      if (request.method && request.method !== "GET") request.headers["X-CSRFToken"] = place.dataset.token;
      return request;
    },
  });
})();
