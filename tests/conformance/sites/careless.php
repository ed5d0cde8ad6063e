<?php
// A website that does as the document's sample does: php -S 127.0.0.1:8000 careless.php
ini_set("display_errors", "1");
session_start();

function ask(string $endpoint, array $params): mixed
{
    $url = getenv("LOOKLOOX_BASE_URL") . "/api/$endpoint?" . http_build_query($params);
    $context = stream_context_create(["http" => ["timeout" => 5]]);
    return json_decode(file_get_contents($url, false, $context), true);
}

switch (parse_url($_SERVER["REQUEST_URI"], PHP_URL_PATH)) {
    case "/callback":
        $json = ask("authorize", [
            "app_id" => getenv("LOOKLOOX_APP_ID"),
            "app_secret" => getenv("LOOKLOOX_APP_SECRET"),
            "auth_key" => $_GET["auth_key"] ?? "",
        ]);
        if (!empty($json["access_token"])) {
            $json = ask("get_user_info", ["access_token" => $json["access_token"]]);
            $_SESSION["user"] = $json["user_info"] ?? ["user_name" => "friend"];
        }
        header("Location: /account");
        break;
    case "/account":
        if (!isset($_SESSION["user"])) {
            http_response_code(403);
            exit("Members only");
        }
        echo "Welcome, dear member";
        break;
    default:
        echo "<a href='" . getenv("LOOKLOOX_BASE_URL") . "/api/oauth?app_id="
            . getenv("LOOKLOOX_APP_ID") . "'>Log in with Look Loox</a>";
}
